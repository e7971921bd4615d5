// The official RTM client, unmodified but for its base URL, against `taut dev`.
//
//   node rtm.mjs      the environment is what `taut dev --env` writes
//
// Ends with "N passed, M failed".  rtm-api 7.0.4 throws when a client that has sent a message loses its connection, whatever
// the server: so a client that only listens is the one that comes back.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { RTMClient } = require('@slack/rtm-api');
const { WebClient, LogLevel } = await import('web-api-7');
const env = process.env;
const options = { slackApiUrl: env.SLACK_API_URL, logLevel: LogLevel.ERROR };
const owner = new WebClient(env.TAUT_ADMIN_TOKEN, options);
const member = new WebClient(env.TAUT_USER2_TOKEN, options);

let passed = 0;
let failed = 0;

function check(good, what) {
  if (good) passed++;
  else failed++;
  if (!good) console.log(`not ok: ${what}`);
}

function soon(emitter, event, what, fits = () => true) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}: ${what}`)), 15000);
    const heard = (value) => {
      if (!fits(value)) return;
      clearTimeout(timer);
      emitter.off(event, heard);
      resolve(value);
    };
    emitter.on(event, heard);
  });
}

async function step(name, run) {
  try {
    await run();
  } catch (e) {
    check(false, `${name}: ${e.stack}`);
  }
}

const rtm = new RTMClient(env.TAUT_BOT_TOKEN, options);
const { user_id: me } = await member.auth.test();
let channel;

await step('a bot answers', async () => {
  channel = (await owner.conversations.create({ name: 'sdk-rtm' })).channel.id;
  const started = await rtm.start();
  check(started.self.id.startsWith('U') && started.team.id.startsWith('T'), 'start tells who and where');
  const joined = soon(rtm, 'member_joined_channel', 'the bot is invited', (e) => e.user === started.self.id);
  await owner.conversations.invite({ channel, users: `${started.self.id},${me}` });
  check((await joined).channel === channel, 'the invitation is heard');
  rtm.on('message', async (e) => {
    if (e.text === 'ping?') await rtm.sendMessage(`pong, <@${e.user}>`, e.channel);
  });
  const human = new RTMClient(env.TAUT_USER2_TOKEN, options);
  await human.start();
  const answer = soon(human, 'message', 'the answer', (e) => e.text?.startsWith('pong'));
  const sent = await human.sendMessage('ping?', channel);
  check(sent.ok && /^\d+\.\d{6}$/.test(sent.ts) && sent.text === 'ping?', 'sendMessage is answered');
  check((await answer).text === `pong, <@${me}>`, 'the bot answers');
  const typing = soon(rtm, 'user_typing', 'typing');
  await human.sendTyping(channel);
  check((await typing).user === me, 'typing is seen');
  const active = soon(human, 'presence_change', 'presence', (e) => e.user === started.self.id);
  await human.subscribePresence([started.self.id]);
  check((await active).presence === 'active', 'presence of whom one subscribes to');
  try {
    await human.sendMessage('nowhere', 'C0NOWHERE');
    check(false, 'a message to nowhere is refused');
  } catch (e) {
    check(e.data?.error?.msg === 'channel_not_found', `a message to nowhere is refused: ${e.message}`);
  }
});

await step('it stays and comes back', async () => {
  const listener = new RTMClient(env.TAUT_BOT_TOKEN, options);
  await listener.start();
  const lost = soon(listener, 'reconnecting', 'the connection is lost');
  await new Promise((resolve) => { setTimeout(resolve, 7000); }); // its own pings come every 6 s
  check(listener.connected && rtm.connected, 'pings are answered');
  listener.websocket.terminate();
  await lost;
  await soon(listener, 'ready', 'it connects again');
  const heard = soon(listener, 'message', 'events go on', (e) => e.text === 'back?');
  await member.chat.postMessage({ channel, text: 'back?' });
  check((await heard).channel === channel, 'events go on after a reconnect');
  await listener.disconnect();
  check(!listener.connected, 'disconnect');
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
