// The SDK's own retries: a server that is told to answer 429 once is asked again when Retry-After has passed.
const { WebClient, LogLevel } = await import(process.argv[2]);
const bot = new WebClient(process.env.TAUT_BOT_TOKEN, { slackApiUrl: process.env.SLACK_API_URL, logLevel: LogLevel.ERROR });
const seen = [];
bot.on('rate_limited', (seconds) => seen.push(seconds));
const sent = await bot.chat.postMessage({ channel: '#general', text: 'once' });
const { messages } = await bot.conversations.history({ channel: sent.channel, limit: 5 });
const good = sent.ok && seen.length === 1 && seen[0] === 1 && messages.filter((m) => m.text === 'once').length === 1;
console.log(good ? '1 passed, 0 failed' : `0 passed, 1 failed ${JSON.stringify({ seen, messages })}`);
process.exit(good ? 0 : 1);
