// Bolt apps that people press: commands, buttons, menus, shortcuts, over HTTP and over Socket Mode.
//
//   node act.mjs TAUT      TAUT: the binary; starts `taut dev` of its own
//
// Ends with "N passed, M failed".
import bolt from '@slack/bolt';
import { WebClient } from 'web-api-7';
import { check, finish } from './check.mjs';
import { dev, freePort, until } from './dev.mjs';

const { App, LogLevel } = bolt;
const SECRET = '5ec4e75ec4e75ec4e75ec4e75ec4e75e';

const port = await freePort();
const url = `http://127.0.0.1:${port}/slack/events`;

function app(name, socket) {
  const at = socket ? {} : { url };
  return {
    name,
    signing_secret: SECRET,
    bots: [{ name, id: `U0${name.toUpperCase()}` }],
    manifest: {
      display_information: { name },
      features: {
        slash_commands: [{ command: `/${name}`, description: 'says it', ...at }],
        shortcuts: [{ name: 'Note', type: 'global', callback_id: `note_${name}`, description: 'notes' },
          { name: 'Keep', type: 'message', callback_id: `keep_${name}`, description: 'keeps' }],
      },
      settings: { socket_mode_enabled: socket, interactivity: { is_enabled: true, ...(socket ? {} : { request_url: url }) } },
    },
  };
}

const taut = await dev(process.argv[2], {
  users: [{ name: 'ann' }],
  apps: [app('socket', true), app('web', false)],
  tokens: [{ user: 'ann', token: 'xoxp-act' }, { user: 'socket', token: 'xoxb-act-socket' }, { user: 'web', token: 'xoxb-act-web' },
    { app: 'socket', token: 'xapp-act' }],
});
const { slackApiUrl } = taut;
const ann = new WebClient('xoxp-act', { slackApiUrl });
const common = { logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } };

const menu = (text) => [
  { type: 'section', block_id: 'size', text: { type: 'mrkdwn', text },
    accessory: { type: 'static_select', action_id: 'choose', options: ['s', 'm'].map((value) => (
      { text: { type: 'plain_text', text: value.toUpperCase() }, value })) } },
  { type: 'actions', block_id: 'do', elements: ['replace', 'delete', 'tell', 'all'].map((action_id) => (
    { type: 'button', action_id, text: { type: 'plain_text', text: action_id }, value: `v-${action_id}` })) },
];

// What an app of the guide does; seen: what it was given.
function live(a, name) {
  const seen = {};
  a.command(`/${name}`, async ({ command, ack, respond, say }) => {
    seen.command = command;
    if (command.text === 'quiet') return ack();
    if (command.text === 'all') return ack({ response_type: 'in_channel', text: `${name} for all` });
    if (command.text === 'later') {
      await ack();
      await respond({ response_type: 'in_channel', text: `${name} later` });
      return say(`${name} says`);
    }
    return ack(`${name} heard ${command.text}`);
  });
  a.action('choose', async ({ action, ack, respond, body }) => {
    await ack();
    seen.state = body.state.values;
    await respond({ text: `${name}: ${action.selected_option.value}`, response_type: 'in_channel', replace_original: false });
  });
  a.action('replace', async ({ action, ack, respond }) => {
    await ack();
    await respond(`${name} replaced ${action.value}`);
  });
  a.action('delete', async ({ ack, respond }) => {
    await ack();
    await respond({ delete_original: true });
  });
  a.action('tell', async ({ ack, respond, say, body }) => {
    await ack();
    seen.trigger = body.trigger_id;
    await respond({ text: 'for you alone', replace_original: false });
    await say(`${name} told by ${body.user.name}`);
  });
  a.shortcut(`note_${name}`, async ({ shortcut, ack, client }) => {
    await ack();
    await client.chat.postMessage({ channel: shortcut.user.id, text: `${name} notes` });
  });
  a.shortcut({ type: 'message_action', callback_id: `keep_${name}` }, async ({ shortcut, ack, respond, say }) => {
    await ack();
    seen.kept = shortcut.message.text;
    await respond({ text: `${name} keeps`, response_type: 'in_channel' });
    await say({ text: 'kept', thread_ts: shortcut.message.ts });
  });
  a.action({ callback_id: 'old' }, async ({ body, action, ack, respond }) => {
    await ack();
    seen.old = body.original_message.text;
    await respond(`${name} took ${action.value}`);
  });
  return seen;
}

const socket = new App({ ...common, token: 'xoxb-act-socket', appToken: 'xapp-act', socketMode: true });
const web = new App({ ...common, token: 'xoxb-act-web', signingSecret: SECRET });
const seen = { socket: live(socket, 'socket'), web: live(web, 'web') };
const act = (args) => ann.apiCall('taut.act', args);

async function texts(channel) {
  return (await ann.conversations.history({ channel })).messages.map((m) => m.text);
}

async function fails(error, args) {
  try {
    await act(args);
    return false;
  } catch (e) {
    return e.data.error === error;
  }
}

async function commands(name, channel) {
  const run = (text) => act({ type: 'command', channel, command: `/${name}`, text });
  check((await run('hi')).message.text === `${name} heard hi`, `${name}: ack(text) answers`);
  const { command } = seen[name];
  check(command.user_name === 'ann' && command.channel_id === channel && command.command === `/${name}`, `${name}: the command`);
  check((await run('quiet')).message === undefined, `${name}: ack() says nothing`);
  await run('all');
  check((await texts(channel)).slice(0, 2).join() === `${name} for all,/${name} all`, `${name}: an answer for all, under what was typed`);
  await run('later');
  await until(`${name}: respond() and say()`, async () => {
    const t = await texts(channel);
    return t.includes(`${name} later`) && t.includes(`${name} says`);
  });
}

async function buttons(name, channel, client) {
  const post = async () => (await client.chat.postMessage({ channel, text: `${name} menu`, blocks: menu('Size?') })).ts;
  const press = (message_ts, action) => act({ type: 'block_actions', channel, message_ts, actions: JSON.stringify([action]) });
  const first = await post();
  await press(first, { action_id: 'choose', selected_option: { value: 'm' } });
  await until(`${name}: a choice`, async () => (await texts(channel)).includes(`${name}: m`));
  check(seen[name].state.size.choose.selected_option.text.text === 'M', `${name}: the state`);
  await press(first, { action_id: 'tell' });
  await until(`${name}: say() of a button`, async () => (await texts(channel)).includes(`${name} told by ann`));
  check(/^\d+\.\d+\.[0-9a-f]+$/.test(seen[name].trigger), `${name}: a trigger`);
  await press(first, { action_id: 'replace' });
  await until(`${name}: replaced`, async () => {
    const m = (await ann.conversations.history({ channel, latest: first, inclusive: true, limit: 1 })).messages[0];
    return m.text === `${name} replaced v-replace` && m.blocks === undefined;
  });
  check(await fails('unknown_action', { type: 'block_actions', channel, message_ts: first, actions: '[{"action_id":"tell"}]' }),
    `${name}: what is gone cannot be pressed`);
  const second = await post();
  await press(second, { action_id: 'delete' });
  await until(`${name}: taken away`, async () => !(await texts(channel)).includes(`${name} menu`));
}

async function rest(name, channel, client) {
  await act({ type: 'shortcut', callback_id: `note_${name}` });
  const im = (await client.conversations.open({ users: (await ann.auth.test()).user_id })).channel.id;
  await until(`${name}: a shortcut`, async () => (await texts(im)).includes(`${name} notes`));
  const { ts } = await ann.chat.postMessage({ channel, text: `keep this, ${name}` });
  await act({ type: 'message_action', callback_id: `keep_${name}`, channel, message_ts: ts });
  await until(`${name}: a message's shortcut`, async () => (await texts(channel)).includes(`${name} keeps`)
    && (await ann.conversations.replies({ channel, ts })).messages.at(-1).text === 'kept');
  check(seen[name].kept === `keep this, ${name}`, `${name}: its message`);
  const old = (await client.chat.postMessage({ channel, text: 'old', attachments: [{ text: 'x', callback_id: 'old',
    actions: [{ type: 'button', name: 'n', text: 'N', value: 'v' }] }] })).ts;
  await act({ type: 'interactive_message', channel, message_ts: old, actions: '[{"name":"n","value":"v"}]' });
  await until(`${name}: a button of old replaces its message`, async () => (await texts(channel)).includes(`${name} took v`));
  check(seen[name].old === 'old', `${name}: its original`);
}

try {
  await socket.start();
  await web.start({ port, host: '127.0.0.1' });
  const { channels } = await ann.conversations.list();
  const channel = channels.find((c) => c.is_general).id;
  for (const [name, bot] of [['socket', socket], ['web', web]]) {
    await commands(name, channel);
    await buttons(name, channel, bot.client);
    await rest(name, channel, bot.client);
  }
  check(await fails('unknown_command', { type: 'command', channel, command: '/nobody' }), 'a command that nobody has');
  await socket.stop();
  await web.stop();
  check(await fails('dispatch_failed', { type: 'command', channel, command: '/socket' }), 'socket: nobody is there');
  check(await fails('dispatch_failed', { type: 'command', channel, command: '/web' }), 'web: nobody is there');
} catch (e) {
  check(false, e.stack);
}
taut.end();
finish();
