// Bolt apps that show something: modals, Home tabs, menus with options of their own, dialogs; over HTTP and Socket Mode.
//
//   node views.mjs TAUT      TAUT: the binary; starts `taut dev` of its own
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

const app = (name, at) => ({
  name,
  id: `A0${name.toUpperCase()}`,
  signing_secret: SECRET,
  bots: [{ name, id: `U0${name.toUpperCase()}` }],
  manifest: {
    display_information: { name },
    features: {
      app_home: { home_tab_enabled: true },
      slash_commands: ['form', 'old'].map((what) => ({ command: `/${what}-${name}`, description: 'opens it', ...(at && { url }) })),
    },
    settings: {
      socket_mode_enabled: !at,
      event_subscriptions: { bot_events: ['app_home_opened'], ...(at && { request_url: url }) },
      interactivity: { is_enabled: true, ...(at && { request_url: url, message_menu_options_url: url }) },
    },
  },
});
const taut = await dev(process.argv[2], {
  users: [{ name: 'ann', id: 'U0ANN' }],
  apps: [app('socket', false), app('web', true)],
  tokens: [{ user: 'ann', token: 'xoxp-views' }, { user: 'socket', token: 'xoxb-views-socket' }, { user: 'web', token: 'xoxb-views-web' },
    { app: 'socket', token: 'xapp-views' }],
});
const { slackApiUrl } = taut;
const ann = new WebClient('xoxp-views', { slackApiUrl });
const common = { logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } };

const plain = (text) => ({ type: 'plain_text', text });
const modal = (title, more) => ({ type: 'modal', callback_id: 'form', title: plain(title), submit: plain('Go'), blocks: [], ...more });
const FORM = modal('Form', {
  private_metadata: 'kept',
  notify_on_close: true,
  blocks: [
    { type: 'input', block_id: 'name', label: plain('Name'), element: { type: 'plain_text_input', action_id: 'text', min_length: 2 } },
    { type: 'input', block_id: 'pick', optional: true, label: plain('Pick'), element: { type: 'external_select', action_id: 'ext', min_query_length: 1 } },
    { type: 'actions', block_id: 'more', elements: [{ type: 'button', action_id: 'rename', text: plain('Rename'), value: 'Renamed' }] },
  ],
});

function live(a, name) {
  const seen = {};
  a.command(`/form-${name}`, async ({ ack, client, body }) => {
    await client.views.open({ trigger_id: body.trigger_id, view: FORM });
    await ack();
  });
  a.view('form', async ({ ack, view, body, client }) => {
    seen.submitted = { view, body };
    const said = view.state.values.name?.text.value;
    if (said === 'taken') return ack({ response_action: 'errors', errors: { name: 'It is taken' } });
    if (said === 'more') return ack({ response_action: 'push', view: modal('More') });
    if (said === 'other') return ack({ response_action: 'update', view: modal('Other') });
    if (said === 'top') {
      await client.views.push({ trigger_id: body.trigger_id, view: modal('Top', { external_id: `top-${name}` }) });
      return ack({ response_action: 'update', view: FORM });
    }
    return said === 'all' ? ack({ response_action: 'clear' }) : ack();
  });
  a.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
    await ack();
    seen.closed = body;
  });
  a.action('rename', async ({ ack, action, body, client }) => {
    await client.views.update({ view_id: body.view.id, hash: body.view.hash, view: { ...FORM, title: plain(action.value) } });
    await ack();
  });
  a.options('ext', async ({ options, ack }) => {
    seen.options = options;
    await ack({ options: [{ text: plain(`${name}: ${options.value}`), value: options.value }] });
  });
  a.event('app_home_opened', async ({ event, client }) => {
    seen.home = event;
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text: plain(`${name} is home`) }] } });
  });
  a.command(`/old-${name}`, async ({ ack, client, body }) => {
    await client.dialog.open({ trigger_id: body.trigger_id, dialog: { callback_id: 'ride', title: 'Ride', state: 'Limo', notify_on_cancel: true,
      elements: [{ type: 'text', name: 'to', label: 'To' },
        { type: 'select', data_source: 'external', name: 'car', label: 'Car', optional: true, min_query_length: 0 }] } });
    await ack();
  });
  a.action({ type: 'dialog_submission', callback_id: 'ride' }, async ({ ack, body, respond }) => {
    if (body.submission.to === 'nowhere') return ack({ errors: [{ name: 'to', error: 'Where is that?' }] });
    await ack();
    return respond({ text: `${name} rides to ${body.submission.to} by ${body.submission.car} (${body.state})`, response_type: 'in_channel' });
  });
  a.options({ type: 'dialog_suggestion', callback_id: 'ride' }, async ({ ack }) => ack({ options: [{ label: 'Red car', value: 'red' }] }));
  return seen;
}

const socket = new App({ ...common, token: 'xoxb-views-socket', appToken: 'xapp-views', socketMode: true });
const web = new App({ ...common, token: 'xoxb-views-web', signingSecret: SECRET });
const seen = { socket: live(socket, 'socket'), web: live(web, 'web') };
const act = (type, args) => ann.apiCall('taut.act', { type, ...args });

async function modals(name, channel) {
  const open = async () => (await act('command', { channel, command: `/form-${name}` })).view;
  const submit = (view_id, text) => act('view_submission', { view_id, state: JSON.stringify(text ? { name: { text: { value: text } } } : {}) });
  const form = await open();
  check(form?.title.text === 'Form' && form.callback_id === 'form', `${name}: a command opens a modal`);
  check(!form.private_metadata, `${name}: what the app keeps in it is not shown`);
  check((await submit(form.id, 'x')).errors?.name === 'At least 2 characters are needed', `${name}: what is too short`);
  check(!seen[name].submitted, `${name}: which the app does not hear of`);
  check((await submit(form.id, 'taken')).errors.name === 'It is taken', `${name}: what the app does not like`);
  const { view, body } = seen[name].submitted;
  check(view.id === form.id && view.private_metadata === 'kept' && view.state.values.pick.ext.selected_option === null && body.user.id === 'U0ANN', `${name}: what it was given`);
  const { options } = await act('block_suggestion', { view_id: form.id, action_id: 'ext', value: 'al' });
  check(options[0].text.text === `${name}: al` && seen[name].options.view.id === form.id, `${name}: options`);
  const renamed = await act('block_actions', { view_id: form.id, actions: '[{"action_id":"rename"}]' });
  check(renamed.view.title.text === 'Renamed' && renamed.view.hash !== form.hash, `${name}: a button changes the modal`);
  const pushed = (await submit(form.id, 'more')).view;
  check(pushed.title.text === 'More' && pushed.previous_view_id === form.id, `${name}: one is laid on it`);
  check((await submit(pushed.id)).view.id === form.id, `${name}: and is done`);
  const top = (await submit(form.id, 'top')).view;
  check(top.external_id === `top-${name}` && top.root_view_id === form.id, `${name}: views.push`);
  check((await act('view_closed', { view_id: top.id })).view.id === form.id, `${name}: it is closed`);
  check((await submit(form.id, 'other')).view.title.text === 'Other', `${name}: another in its place`);
  check((await act('view_closed', { view_id: form.id })).view === undefined && !seen[name].closed, `${name}: closing it tells nobody`);
  const second = await open();
  await act('view_closed', { view_id: second.id, is_cleared: true });
  await until(`${name}: the app hears that it was closed`, () => seen[name].closed?.view.id === second.id && seen[name].closed.is_cleared === true);
  check((await submit((await open()).id, 'all')).response_action === 'clear', `${name}: all are closed`);
  check((await ann.apiCall('taut.views.list', {})).views.every((v) => v.type === 'home'), `${name}: none is left`);
}

async function home(name) {
  const shown = async () => (await act('app_home', { app: `A0${name.toUpperCase()}` })).view;
  await until(`${name}: its Home tab`, async () => (await shown())?.blocks[0].text.text === `${name} is home`);
  await until(`${name}: its event has the view`, () => seen[name].home.tab === 'home' && seen[name].home.view?.type === 'home');
}

async function dialogs(name, channel) {
  const open = async () => (await act('command', { channel, command: `/old-${name}` })).dialog;
  const { id: dialog_id, title } = await open();
  check(title === 'Ride', `${name}: a dialog`);
  const submit = (submission) => act('dialog_submission', { dialog_id, submission: JSON.stringify(submission) });
  check((await submit({ to: 'nowhere' })).errors.to === 'Where is that?', `${name}: what the app does not like`);
  const { options } = await act('dialog_suggestion', { dialog_id, name: 'car', value: '' });
  check(options[0].value === 'red', `${name}: options of a dialog`);
  check((await submit({ to: 'town', car: 'red' })).errors === undefined, `${name}: it is done`);
  await until(`${name}: respond() of a dialog`, async () => (await ann.conversations.history({ channel, limit: 5 })).messages
    .some((m) => m.text === `${name} rides to town by red (Limo)`));
}

try {
  await socket.start();
  await web.start({ port, host: '127.0.0.1' });
  const channel = (await ann.conversations.list()).channels.find((c) => c.is_general).id;
  for (const name of ['socket', 'web']) {
    await modals(name, channel);
    await home(name);
    await dialogs(name, channel);
  }
} catch (e) {
  check(false, e.stack);
}
await socket.stop();
await web.stop();
taut.end();
finish();
