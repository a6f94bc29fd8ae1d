/**
 * AI assistants that people follow links from: name and hosts; subdomains belong to them.
 * Begun from AIAssistants.yml of https://github.com/matomo-org/searchengine-and-social-list
 * at commit 3b3a82dc83cd146abe17aafe31254de1c25f7844 (licence of the data: CC0-1.0); the hosts that it does not have
 * are this project's. The site of a laboratory (openai.com, deepmind.google) is no assistant.
 */
export const aiAssistants: Readonly<Record<string, string>> = {
  Alice: 'alice.yandex.ru alice.yandex.com',
  Andi: 'andisearch.com',
  'Baidu AI': 'yiyan.baidu.com ai.baidu.com chat.baidu.com',
  'Character.AI': 'character.ai',
  'Chat+': 'chatplus.com chat-gpt.org',
  ChatGLM: 'chatglm.cn',
  ChatGPT: 'chatgpt.com chat.openai.com labs.openai.com',
  Claude: 'claude.ai',
  Copilot:
    'copilot.microsoft.com copilot.com m365.cloud.microsoft copilot.cloud.microsoft edgeservices.bing.com bing.com/chat bing.com/copilotsearch',
  DeepSeek: 'chat.deepseek.com',
  Doubao: 'doubao.com',
  'Duck.ai': 'duck.ai',
  Felo: 'felo.ai',
  Gemini: 'gemini.google.com bard.google.com',
  Genspark: 'genspark.ai',
  GigaChat: 'giga.chat',
  'Google AI Studio': 'aistudio.google.com',
  Grok: 'grok.com x.com/i/grok',
  HuggingChat: 'huggingface.co/chat',
  iAsk: 'iask.ai',
  Jasper: 'app.jasper.ai',
  'Kagi Assistant': 'assistant.kagi.com kagi.com/assistant',
  Kimi: 'kimi.com kimi.ai kimi.moonshot.cn',
  Komo: 'komo.ai',
  'Le Chat': 'chat.mistral.ai lechat.mistral.ai',
  Liner: 'liner.com',
  LMArena: 'lmarena.ai',
  Lumo: 'lumo.proton.me',
  Manus: 'manus.im',
  'Meta AI': 'meta.ai',
  MiniMax: 'chat.minimax.io agent.minimax.io',
  Monica: 'monica.im',
  NotebookLM: 'notebooklm.google.com',
  OpenRouter: 'openrouter.ai',
  Perplexity: 'perplexity.ai',
  Phind: 'phind.com',
  Pi: 'pi.ai',
  Poe: 'poe.com',
  Qwen: 'chat.qwen.ai qwen.ai tongyi.com tongyi.aliyun.com qianwen.com',
  'T3 Chat': 't3.chat',
  Venice: 'venice.ai',
  Writesonic: 'app.writesonic.com',
  You: 'you.com',
  Yuanbao: 'yuanbao.tencent.com',
  'Z.ai': 'chat.z.ai',
};

/** What assistants write into utm_source, besides their names and hosts. */
export const aiSourceNames: readonly string[] = [
  'openai',
  'chat-gpt',
  'chat gpt',
  'microsoft copilot',
  'google gemini',
  'mistral',
];
