import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { formatFull } from '../../format/numbers.js';
import { addressWith, follow, go, useParameter } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { SelectField } from '../../ui/field.js';
import { Answered } from '../../ui/states.js';
import { StatusBadge } from './experiment-list.js';
import { MetricCard } from './metric-card.js';
import { type Results, writeProbability } from './results.js';
import { segmentChoices } from './segments.js';

const back = { experiment: null, by: null };

/** What an experiment says: whether it may be believed, then metric by metric. */
export function ExperimentResults({ scope, name }: { scope: Scope; name: string }) {
  const wanted = useParameter('by');
  const breakdown = segmentChoices.find(({ value }) => value === wanted)?.value;
  const asked = useReport<Results>(`experiments/${encodeURIComponent(name)}/results`, {
    site: scope.site.site,
    breakdown,
  });
  return (
    <div class="view-stack">
      <a class="back-link" href={addressWith(back)} onClick={(event) => follow(event, back)}>
        All experiments
      </a>
      <Answered asked={asked}>
        {(results) => (
          <div class="view-stack">
            <Warnings results={results} />
            <Head results={results} scope={scope} />
            {results.metrics.length > 0 && <SegmentChoice chosen={breakdown} />}
            {results.metrics.map((metric) => (
              <MetricCard key={metric.key} metric={metric} />
            ))}
            {results.metrics.length > 0 && <Legend confidence={results.confidenceLevel} />}
          </div>
        )}
      </Answered>
    </div>
  );
}

function SegmentChoice({ chosen = '' }: { chosen: string | undefined }) {
  return (
    <div class="view-tools segment-choice">
      <SelectField
        label="Break down by"
        name="by"
        options={[{ value: '', title: 'Nothing' }, ...segmentChoices]}
        value={chosen}
        onChange={(event) => go({ by: event.currentTarget.value || null })}
      />
    </div>
  );
}

function Warnings({ results: { sampleRatio, units } }: { results: Results }) {
  const share = units.analysed > 0 ? units.multipleExposures / units.analysed : 0;
  return (
    <>
      {sampleRatio.isMismatch && (
        <p class="notice is-bad" role="alert">
          <b>The split is not the planned one: do not trust the results</b>
          So uneven a split has a probability of {writeProbability(sampleRatio.sequentialP)}. Usual causes: a
          redirect that loses visitors, a variation that fails, bots, or exposures sent from one arm alone.
          Find it, then begin a new phase.
        </p>
      )}
      {units.multipleExposures > 0 && (
        <p class={share > 0.01 ? 'notice' : 'row-note'}>
          {formatFull(units.multipleExposures, 'count')} units saw several variations and are left out.
        </p>
      )}
    </>
  );
}

function Head({ results, scope: { site } }: { results: Results; scope: Scope }) {
  const { units, startedAt, until, status, phase, experiment, sampleRatio } = results;
  const weights = units.variations.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <Card
      title={experiment}
      actions={
        <div class="view-tools">
          <StatusBadge status={status} />
          <span class="badge">phase {phase}</span>
          {!sampleRatio.isMismatch && <span class="badge is-good">split as planned</span>}
        </div>
      }
    >
      <p class="row-note">
        {formatMoment(startedAt, site.timezone)} to {formatMoment(until, site.timezone)}. Period and filters
        of the page do not apply: an experiment is read whole.
      </p>
      <dl class="figures experiment-units">
        {units.variations.map(({ variation, units: count, weight }) => (
          <div key={variation} class="figure">
            <dt>
              <bdi>{variation}</bdi>
            </dt>
            <dd>
              <span data-units={variation}>{formatFull(count, 'count')}</span>
              <span class="row-note">
                {' '}
                {formatFull(units.analysed > 0 ? (100 * count) / units.analysed : 0, 'percent')}, planned{' '}
                {formatFull((100 * weight) / weights, 'percent')}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Legend({ confidence }: { confidence: number }) {
  return (
    <p class="row-note">
      Difference to the control with {formatFull(100 * confidence, 'percent')} confidence. Thin line: holds
      however often one looks. Thick line: holds for one look, at the planned end. The line in the middle is
      no difference.
    </p>
  );
}
