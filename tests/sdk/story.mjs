// The official SDK, unmodified but for its base URL, against a running server.
//
//   node story.mjs PACKAGE      PACKAGE: web-api-7 or web-api-8; the environment is what `taut dev --env` writes
//
// Ends with "N passed, M failed".
import { check, finish } from './check.mjs';

const { WebClient, ErrorCode, LogLevel } = await import(process.argv[2]);
const env = process.env;
const options = { slackApiUrl: env.SLACK_API_URL, logLevel: LogLevel.ERROR };
const owner = new WebClient(env.TAUT_ADMIN_TOKEN, options);
const bot = new WebClient(env.TAUT_BOT_TOKEN, options);
const limited = new WebClient(env.TAUT_LIMITED_TOKEN, options);

async function fails(call, code, what) {
  try {
    await call();
    check(false, `${what}: no error`);
  } catch (e) {
    check(e.code === ErrorCode.PlatformError && e.data.error === code, `${what}: ${e.data?.error ?? e}`);
    return e.data;
  }
  return {};
}

async function step(name, run) {
  try {
    await run();
  } catch (e) {
    check(false, `${name}: ${e.stack} ${JSON.stringify(e.data ?? {})}`);
  }
}

let channel;
let ts;

await step('who am I', async () => {
  const me = await owner.auth.test();
  check(me.ok && me.url === `${env.TAUT_URL}/` && me.user_id.startsWith('U') && me.team_id.startsWith('T'), 'auth.test');
  const it = await bot.auth.test();
  check(it.bot_id.startsWith('B'), 'a bot knows its bot_id');
  check((await new WebClient(undefined, options).api.test({ foo: 'bar' })).args.foo === 'bar', 'api.test without a token');
  await fails(() => new WebClient('xoxb-1-2-nonsense', options).auth.test(), 'invalid_auth', 'a token nobody gave');
});

await step('a conversation', async () => {
  channel = (await owner.conversations.create({ name: 'sdk-story' })).channel.id;
  const { user_id } = await bot.auth.test();
  await owner.conversations.invite({ channel, users: user_id });
  const info = await bot.conversations.info({ channel, include_num_members: true });
  check(info.channel.name === 'sdk-story' && info.channel.num_members === 2, 'conversations.info');
  check((await bot.conversations.members({ channel })).members.length === 2, 'conversations.members');
  await owner.conversations.setTopic({ channel, topic: 'Stories' });
  check((await owner.conversations.info({ channel })).channel.topic.value === 'Stories', 'conversations.setTopic');
  const names = [];
  for await (const page of owner.paginate('conversations.list', { limit: 1 })) names.push(...page.channels.map((c) => c.name));
  check(names.includes('sdk-story') && names.includes('general') && names.length === new Set(names).size, 'paginate(conversations.list)');
  await fails(() => owner.conversations.create({ name: 'sdk-story' }), 'name_taken', 'a name is given once');
});

await step('messages', async () => {
  const sent = await bot.chat.postMessage({ channel, text: 'Hello & <welcome>' });
  ts = sent.ts;
  check(sent.message.text === 'Hello &amp; &lt;welcome&gt;' && sent.message.bot_id, 'chat.postMessage');
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*bold*' } }, { type: 'divider' }];
  const rich = await bot.chat.postMessage({ channel, text: 'fallback', blocks });
  check(rich.message.blocks.length === 2 && rich.message.blocks[0].block_id, 'blocks');
  const reply = await owner.chat.postMessage({ channel, thread_ts: ts, text: 'a reply' });
  const thread = await bot.conversations.replies({ channel, ts });
  check(thread.messages.length === 2 && thread.messages[0].reply_count === 1 && thread.messages[1].ts === reply.ts, 'conversations.replies');
  const edited = await bot.chat.update({ channel, ts, text: 'Hello again' });
  check(edited.text === 'Hello again' && edited.message.edited, 'chat.update');
  await fails(() => owner.chat.update({ channel, ts, text: 'not mine' }), 'cant_update_message', 'only the author edits');
  const link = await bot.chat.getPermalink({ channel, message_ts: ts });
  check(link.permalink.startsWith(env.TAUT_URL), 'chat.getPermalink');
  await bot.chat.postEphemeral({ channel, user: (await owner.auth.test()).user_id, text: 'psst' });
  await bot.chat.delete({ channel, ts: rich.ts });
  const seen = [];
  for (let i = 0; i < 12; i++) await bot.chat.postMessage({ channel, text: `line ${i}` });
  for await (const page of bot.paginate('conversations.history', { channel, limit: 5 })) seen.push(...page.messages);
  check(seen.filter((m) => m.text.startsWith('line ')).length === 12 && !seen.some((m) => m.ts === rich.ts), 'paginate(conversations.history)');
});

await step('reactions and pins', async () => {
  await owner.reactions.add({ channel, timestamp: ts, name: 'tada' });
  await fails(() => owner.reactions.add({ channel, timestamp: ts, name: 'tada' }), 'already_reacted', 'once');
  const { message } = await bot.reactions.get({ channel, timestamp: ts, full: true });
  check(message.reactions[0].name === 'tada' && message.reactions[0].count === 1, 'reactions.get');
  await owner.reactions.remove({ channel, timestamp: ts, name: 'tada' });
  await owner.pins.add({ channel, timestamp: ts });
  check((await owner.pins.list({ channel })).items[0].message.ts === ts, 'pins.list');
});

await step('people', async () => {
  const members = [];
  for await (const page of owner.paginate('users.list', { limit: 2 })) members.push(...page.members);
  check(members.some((m) => m.id === 'USLACKBOT') && members.length > 4, 'paginate(users.list)');
  const someone = members.find((m) => m.profile.email);
  const found = await owner.users.lookupByEmail({ email: someone.profile.email });
  check(found.user.id === someone.id, 'users.lookupByEmail');
  await owner.users.profile.set({ profile: { status_text: 'writing', status_emoji: ':pencil:', status_expiration: 0 } });
  check((await owner.users.profile.get({})).profile.status_text === 'writing', 'users.profile.set');
  check((await owner.users.getPresence({ user: someone.id })).presence.length > 0, 'users.getPresence');
  check((await owner.users.conversations({ limit: 100 })).channels.some((c) => c.id === channel), 'users.conversations');
  check((await owner.team.info()).team.domain.length > 0, 'team.info');
  check((await owner.emoji.list()).ok, 'emoji.list');
});

await step('rights', async () => {
  const data = await fails(() => limited.conversations.list(), 'missing_scope', 'users:read alone');
  check(data.needed?.includes('channels:read') && data.provided === 'users:read', 'missing_scope says what is needed and provided');
  check((await limited.users.list()).response_metadata.scopes[0] === 'users:read', 'X-OAuth-Scopes reaches the SDK');
  await fails(() => owner.apiCall('no.such.method'), 'unknown_method', 'an unknown method');
});

// What the SDKs of old send, and what many scripts still do.
await step('forms and JSON by hand', async () => {
  const post = async (method, body, headers = {}) =>
    (await fetch(`${env.SLACK_API_URL}${method}`, { method: 'POST', body, headers })).json();
  const bearer = { authorization: `Bearer ${env.TAUT_BOT_TOKEN}` };
  const json = { 'content-type': 'application/json; charset=utf-8' };
  const blocks = [{ type: 'divider' }];
  const me = await post('auth.test', new URLSearchParams({ token: env.TAUT_BOT_TOKEN }));
  check(me.ok && me.bot_id?.startsWith('B'), 'the token in the form');
  const form = await post('chat.postMessage', new URLSearchParams({ channel, text: 'form', blocks: JSON.stringify(blocks) }), bearer);
  check(form.ok && form.message.blocks[0].type === 'divider', 'a form with JSON in a field');
  const object = await post('chat.postMessage', JSON.stringify({ channel, text: 'object', blocks }), { ...bearer, ...json });
  check(object.ok && object.message.blocks[0].type === 'divider', 'JSON as the body');
  const inside = await post('auth.test', JSON.stringify({ token: env.TAUT_BOT_TOKEN }), json);
  check(!inside.ok && inside.error === 'not_authed', `a token inside JSON counts for nothing: ${JSON.stringify(inside)}`);
});

await step('files', async () => {
  const two = await owner.filesUploadV2({
    channel_id: channel,
    initial_comment: 'two files',
    file_uploads: [{ filename: 'a.txt', file: Buffer.from('hello') }, { filename: 'b.py', content: 'print(1)', title: 'B' }],
  });
  const [a, b] = two.files[0].files;
  check(a.title === 'a.txt' && b.title === 'B' && b.filetype === 'python', `the titles and types: ${JSON.stringify(two.files)}`);
  const bytes = await fetch(a.url_private, { headers: { authorization: `Bearer ${env.TAUT_ADMIN_TOKEN}` } });
  check(bytes.status === 200 && (await bytes.text()) === 'hello', 'the bytes come back');
  check((await fetch(a.url_private)).status === 401, 'not without a token');
  const history = await owner.conversations.history({ channel, limit: 1 });
  check(history.messages[0].files.length === 2 && history.messages[0].text === 'two files', 'one message with both');
  const old = await owner.apiCall('files.upload', { channels: channel, content: 'a text' });
  check(old.ok && old.file.mode === 'snippet' && old.file.channels[0] === channel, 'the upload of old');
  check((await owner.files.list({ types: 'snippets' })).files.length >= 3, 'the list');
  await owner.files.delete({ file: a.id });
  await fails(() => owner.files.info({ file: a.id }), 'file_deleted', 'a deleted file');
});

finish();
