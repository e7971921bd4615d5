// Bolt apps, unmodified but for the base URL of their client, over Socket Mode and over HTTP.
//
//   node bolt.mjs TAUT      TAUT: the binary; starts `taut dev` of its own
//
// Ends with "N passed, M failed".
import bolt from '@slack/bolt';
import { WebClient } from 'web-api-7';
import { check, finish } from './check.mjs';
import { dev, freePort, until } from './dev.mjs';

const { App, LogLevel } = bolt;
const SECRET = '5ec4e75ec4e75ec4e75ec4e75ec4e75e';
const EVENTS = ['message.channels', 'app_mention', 'reaction_added', 'member_joined_channel'];

const app = (name, settings) => ({
  name,
  signing_secret: SECRET,
  bots: [{ name, id: `U0${name.toUpperCase()}` }],
  manifest: { display_information: { name }, settings },
});

const port = await freePort();
const taut = await dev(process.argv[2], {
  users: [{ name: 'ann' }],
  apps: [
    app('socket', { socket_mode_enabled: true, event_subscriptions: { bot_events: EVENTS } }),
    app('web', { event_subscriptions: { request_url: `http://127.0.0.1:${port}/slack/events`, bot_events: EVENTS } }),
  ],
  tokens: [{ user: 'ann', token: 'xoxp-bolt' }, { user: 'socket', token: 'xoxb-bolt-socket' }, { user: 'web', token: 'xoxb-bolt-web' },
    { app: 'socket', token: 'xapp-bolt' }],
});
const { slackApiUrl } = taut;
const ann = new WebClient('xoxp-bolt', { slackApiUrl });
const common = { logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } };

function live(a, name) {
  const seen = { reactions: [], joins: [] };
  a.message(`hello ${name}`, async ({ message, say }) => {
    await say(`hello <@${message.user}> from ${name}`);
  });
  a.event('app_mention', async ({ event, client }) => {
    await client.reactions.add({ channel: event.channel, timestamp: event.ts, name: 'eyes' });
  });
  a.event('reaction_added', async ({ event }) => {
    seen.reactions.push(event.reaction);
  });
  return seen;
}

const socket = new App({ ...common, token: 'xoxb-bolt-socket', appToken: 'xapp-bolt', socketMode: true });
const web = new App({ ...common, token: 'xoxb-bolt-web', signingSecret: SECRET });
const seen = { socket: live(socket, 'socket'), web: live(web, 'web') };

async function said(channel) {
  return (await ann.conversations.history({ channel })).messages.map((m) => m.text);
}

try {
  await socket.start();
  await web.start({ port, host: '127.0.0.1' });
  const { channels } = await ann.conversations.list();
  const channel = channels.find((c) => c.is_general).id;
  const { user_id } = await ann.auth.test();
  for (const name of ['socket', 'web']) {
    // The app at an address hears events once it has answered the challenge there.
    await until(`${name}: a message is answered`, async () => {
      await ann.chat.postMessage({ channel, text: `hello ${name}` });
      await new Promise((r) => setTimeout(r, 200));
      return (await said(channel)).includes(`hello <@${user_id}> from ${name}`);
    });
    const { ts } = await ann.chat.postMessage({ channel, text: `<@U0${name.toUpperCase()}> look` });
    await until(`${name}: a mention is reacted to`, async () => {
      const { message } = await ann.reactions.get({ channel, timestamp: ts });
      return message.reactions?.[0].name === 'eyes';
    });
    await ann.reactions.add({ channel, timestamp: ts, name: 'tada' });
    await until(`${name}: a reaction is heard of`, () => seen[name].reactions.includes('tada'));
  }
  await socket.stop();
  await ann.chat.postMessage({ channel, text: 'hello socket, are you there?' });
  const before = (await said(channel)).filter((t) => t === `hello <@${user_id}> from socket`).length;
  await socket.start();
  await until('what was said while nobody was connected is delivered then',
    async () => (await said(channel)).filter((t) => t === `hello <@${user_id}> from socket`).length > before);
} catch (e) {
  check(false, e.stack);
}
await socket.stop();
await web.stop();
taut.end();
finish();
