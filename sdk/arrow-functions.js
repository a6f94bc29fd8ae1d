/**
 * A rollup plugin that writes functions as arrows, which need no `function` and often no `return`. Functions that may run
 * before their block has come to them stay as they are, and those with a `this` or `arguments` of their own.
 */
export function arrowFunctions() {
  return {
    name: 'arrow-functions',
    renderChunk(code) {
      const edits = blocksOf(this.parse(code)).flatMap(convertibleOf).flatMap(editsOf);
      edits.sort((a, b) => b.start - a.start);
      return edits.reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), code);
    },
  };
}

/** Without the names of properties, which are no variables. */
const childrenOf = ({ computed, property, key, ...rest }) =>
  Object.values({ ...rest, ...(computed && { property, key }) })
    .flat()
    .filter((value) => typeof value?.type === 'string');
const isFunction = (node) => /Function/.test(node?.type);
const isDeclaration = ({ type }) => type === 'FunctionDeclaration';

function nodesOf(node) {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

function blocksOf(program) {
  return nodesOf(program).filter(({ type }) => /^(Program|BlockStatement)$/.test(type));
}

function convertibleOf({ body }) {
  const functions = new Map(body.flatMap(functionsOf));
  const early = new Set();
  body.forEach((statement, at) => {
    if (functionsOf(statement)[0] || !runsCode(statement)) return;
    for (const found of reachedFrom(statement, functions)) if (body.indexOf(found) > at) early.add(found);
  });
  return body.filter((node) => isDeclaration(node) && !node.generator && !early.has(node) && !hasThis(node));
}

/** The functions that a statement declares, by name, where it does nothing else. */
function functionsOf(statement) {
  if (isDeclaration(statement)) return [[statement.id.name, statement]];
  const { declarations = [] } = statement;
  return declarations.every(({ init }) => isFunction(init))
    ? declarations.map(({ id, init }) => [id.name, init])
    : [];
}

/** False where it only makes values out of constants and functions that it does not call. */
function runsCode(node) {
  if (isFunction(node)) return false;
  if (node.type === 'VariableDeclarator') return node.init !== null && runsCode(node.init);
  return /^(Identifier|CallExpression|NewExpression)$/.test(node.type) || childrenOf(node).some(runsCode);
}

/** Every function that is named in a statement, or in one of those functions. */
function reachedFrom(statement, functions, reached = new Set()) {
  for (const { type, name } of nodesOf(statement)) {
    const found = type === 'Identifier' && functions.get(name);
    if (!found || reached.has(found)) continue;
    reached.add(found);
    reachedFrom(found, functions, reached);
  }
  return reached;
}

function hasThis(node) {
  const isOwn = ({ type, name }) => type === 'ThisExpression' || name === 'arguments';
  const isSame = ({ type }) => !/^Function/.test(type);
  return childrenOf(node).some((child) => isOwn(child) || (isSame(child) && hasThis(child)));
}

/** `function f(a) {…}` becomes `const f = (a) => {…};`. */
function editsOf({ start, end, async: isAsync, id, body }) {
  return [
    { start, end: id.end, by: `const ${id.name} = ${isAsync ? 'async ' : ''}` },
    { start: body.start, end: body.start, by: '=> ' },
    { start: end, end, by: ';' },
  ];
}
