// An app made with Bolt that assists and offers a custom step, unmodified but for the base URL of its client, over Socket Mode.
//
//   node agents.mjs TAUT      TAUT: the binary; starts `taut dev` of its own
//
// Ends with "N passed, M failed".
import bolt from '@slack/bolt';
import { RTMClient } from '@slack/rtm-api';
import { WebClient } from 'web-api-7';
import { check, finish } from './check.mjs';
import { dev, until } from './dev.mjs';

const { App, Assistant, LogLevel } = bolt;
const taut = await dev(process.argv[2], {
  users: [{ name: 'ann' }],
  apps: [{
    name: 'muse',
    bots: [{ name: 'muse', id: 'U0MUSE' }],
    manifest: {
      display_information: { name: 'muse' },
      features: {
        bot_user: { display_name: 'muse' },
        assistant_view: { assistant_description: 'Helps.' },
      },
      oauth_config: { scopes: { bot: ['assistant:write', 'chat:write', 'im:history'] } },
      settings: {
        socket_mode_enabled: true,
        event_subscriptions: { bot_events: ['assistant_thread_started', 'assistant_thread_context_changed', 'message.im'] },
      },
      functions: {
        double: {
          title: 'Double',
          input_parameters: { n: { type: 'integer', is_required: true } },
          output_parameters: { n: { type: 'integer', is_required: true } },
        },
      },
    },
  }],
  tokens: [{ user: 'ann', token: 'xoxp-ann' }, { user: 'muse', token: 'xoxb-muse' }, { app: 'muse', token: 'xapp-muse' }],
});
const { slackApiUrl } = taut;
const ann = new WebClient('xoxp-ann', { slackApiUrl });
const app = new App({ token: 'xoxb-muse', appToken: 'xapp-muse', socketMode: true, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } });
const seen = { contexts: [], threads: 0, done: [] };

app.assistant(new Assistant({
  threadStarted: async ({ say, setSuggestedPrompts, saveThreadContext }) => {
    seen.threads++;
    await say('Hello, how can I help?');
    await saveThreadContext();
    await setSuggestedPrompts({ title: 'Try', prompts: [{ title: 'Rhyme', message: 'Find me a rhyme' }] });
  },
  threadContextChanged: async ({ payload, saveThreadContext }) => {
    seen.contexts.push(payload.assistant_thread.context.channel_id);
    await saveThreadContext();
  },
  userMessage: async ({ message, client, context, setStatus, setTitle, getThreadContext }) => {
    await setTitle(message.text);
    await setStatus('is thinking…');
    const { channel_id: looksAt } = await getThreadContext();
    const stream = client.chatStream({
      channel: message.channel, thread_ts: message.thread_ts, recipient_user_id: message.user, recipient_team_id: context.teamId,
    });
    await stream.append({ markdown_text: `You said **${message.text}**` });
    await stream.append({ markdown_text: looksAt ? ` while in ${looksAt}.` : '.' });
    await stream.stop();
  },
}));
app.function('double', async ({ inputs, complete, fail }) => {
  if (inputs.n < 0) await fail({ error: 'too small' });
  else seen.done.push((await complete({ outputs: { n: inputs.n * 2 } })).ok);
});
app.error(async (e) => check(false, e.stack));

const texts = async (channel, ts) => (await ann.conversations.replies({ channel, ts })).messages.map((m) => m.text);

try {
  await app.start();
  const { channel: { id: channel } } = await ann.conversations.open({ users: 'U0MUSE' });
  const { channels } = await ann.conversations.list();
  const general = channels.find((c) => c.is_general).id;

  const { ts } = await ann.chat.postMessage({ channel, text: 'a rhyme' });
  await until('a message begins a thread, and is answered in it, piece by piece',
    async () => (await texts(channel, ts)).includes('You said *a rhyme*.'));
  await until('the thread is greeted', async () => (await texts(channel, ts)).includes('Hello, how can I help?'));
  await until('prompts are offered', async () =>
    (await ann.conversations.replies({ channel, ts })).messages[0].assistant_app_thread?.suggested_prompts?.prompts[0].title === 'Rhyme');
  const { messages: [root] } = await ann.conversations.replies({ channel, ts });
  check(root.assistant_app_thread.title === 'a rhyme', 'the thread has a title');

  const opened = await ann.apiCall('taut.act', { type: 'assistant_thread', channel, looks_at: general });
  await until('a thread is begun without a word', async () => (await texts(channel, opened.message_ts)).includes('Hello, how can I help?'));
  await until('what is looked at is kept with the greeting', async () => {
    const { messages } = await ann.conversations.replies({ channel, ts: opened.message_ts, include_all_metadata: true });
    return messages.some((m) => m.metadata?.event_payload.channel_id === general);
  });
  await ann.chat.postMessage({ channel, thread_ts: opened.message_ts, text: 'hm' });
  await until('an answer knows what is looked at',
    async () => (await texts(channel, opened.message_ts)).includes(`You said *hm* while in ${general}.`));
  const { channel: { id: other } } = await ann.conversations.create({ name: 'elsewhere' });
  await ann.apiCall('taut.act', { type: 'assistant_context', channel, thread_ts: opened.message_ts, looks_at: other });
  await until('looking elsewhere is heard of', () => seen.contexts.includes(other));
  check(seen.threads === 2, 'each thread began once');

  const { function_execution_id: good } = await ann.apiCall('taut.act', { type: 'function', function: 'double', inputs: { n: 21 } });
  await until('a custom step is run', () => seen.done.length === 1 && seen.done[0]);
  check(good.startsWith('Fx'), 'executions have ids');
  const heard = [];
  const rtm = new RTMClient('xoxp-ann', { slackApiUrl, logLevel: LogLevel.ERROR });
  for (const type of ['function_execution_ended', 'assistant_thread_status_changed']) rtm.on(type, (e) => heard.push(e));
  await rtm.start();
  const { function_execution_id: bad } = await ann.apiCall('taut.act', { type: 'function', function: 'double', inputs: { n: -1 } });
  await until('its failure is told to who had it run', () =>
    heard.some((e) => e.type === 'function_execution_ended' && e.function_execution_id === bad && e.state === 'failed' && e.error === 'too small'));
  await ann.chat.postMessage({ channel, thread_ts: ts, text: 'more' });
  await until('a status comes', () => heard.some((e) => e.type === 'assistant_thread_status_changed' && e.status === 'is thinking…'));
  await until('and goes with the answer', () => heard.some((e) => e.type === 'assistant_thread_status_changed' && !e.status));
  await rtm.disconnect();
} catch (e) {
  check(false, `${e.stack} ${JSON.stringify(e.data ?? {})}`);
}
await app.stop();
taut.end();
finish();
