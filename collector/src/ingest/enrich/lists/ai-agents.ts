/**
 * Product tokens of crawlers and agents that fetch pages for a language model, with the page of the operator where
 * there is one: https://platform.openai.com/docs/bots, https://support.anthropic.com/en/articles/8896518,
 * https://developers.google.com/search/docs/crawling-indexing/google-common-crawlers,
 * https://docs.perplexity.ai/guides/bots, https://developers.facebook.com/docs/sharing/webmasters/web-crawlers.
 */
export const aiAgents: readonly string[] = `
  GPTBot ChatGPT-User OAI-SearchBot OAI-AdsBot ChatGPT-Agent
  ClaudeBot Claude-User Claude-SearchBot Claude-Web Claude-Code anthropic-ai
  PerplexityBot Perplexity-User
  Google-Extended GoogleOther Google-NotebookLM Google-CloudVertexBot Google-Agent GoogleAgent-Mariner
  Gemini-Deep-Research Gemini-Ai
  meta-externalagent meta-externalfetcher meta-webindexer FacebookBot
  Applebot-Extended Amazonbot Amazon-QBusiness bedrockbot NovaAct
  Bytespider TikTokSpider CCBot cohere-ai cohere-training-data-crawler
  MistralAI-User MistralBot DeepSeekBot GrokBot xAI-Bot Grok-DeepSearch
  DuckAssistBot YouBot PhindBot Andibot iaskspider LinerBot KagiBot
  AI2Bot Ai2Bot-Dolma PanguBot ChatGLM-Spider QwenBot KimiBot
  Diffbot FirecrawlAgent Crawl4AI ImagesiftBot img2dataset Timpibot Brightbot Cotoyogi
  omgilibot omgili Webzio-Extended Kangaroo\u00a0Bot ICC-Crawler Poseidon\u00a0Research VelenPublicWebCrawler
  Devin/ Manus-User QuillBot/ Poggio-Citations wpbot/ Thinkbot TerraCotta WARDBot LCC/ ShapBot
`
  .trim()
  .split(/[ \n]+/)
  .map((token) => token.replace('\u00a0', ' '));
