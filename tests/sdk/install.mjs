// Apps that people install by themselves: @slack/oauth's InstallProvider, @slack/webhook, and a Bolt app with its installer.
// A person opens the app's own page, signs in at this server, and consents.
//
//   node install.mjs TAUT      TAUT: the binary; starts `taut dev` of its own
//
// Ends with "N passed, M failed".
import bolt from '@slack/bolt';
import { InstallProvider } from '@slack/oauth';
import { IncomingWebhook } from '@slack/webhook';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from 'web-api-7';
import { Browser } from './browser.mjs';
import { check, finish } from './check.mjs';

const { App, LogLevel } = bolt;
const SECRET = '5ec4e75ec4e75ec4e75ec4e75ec4e75e';

async function until(what, test) {
  for (const end = Date.now() + 20000; Date.now() < end; await new Promise((r) => setTimeout(r, 20)))
    if (await test()) return check(true, what);
  return check(false, `${what}: not within 20 s`);
}

const listen = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});
async function freePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

const folder = mkdtempSync(join(tmpdir(), 'taut-install-'));
let taut;
// A fresh workspace; the address of its API.
async function dev(seed, ...flags) {
  const env = join(folder, 'env');
  rmSync(env, { force: true });
  writeFileSync(join(folder, 'seed'), JSON.stringify(seed));
  taut = spawn(process.argv[2], ['dev', '--listen', '127.0.0.1:0', '--env', env, '--seed', join(folder, 'seed'), ...flags],
    { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('taut dev starts', () => existsSync(env));
  return readFileSync(env, 'utf8').match(/SLACK_API_URL='?([^'\n]*)/)[1];
}

// The app's own pages: /install sends to the server, /callback is where the person comes back.
const pages = { provider: null, outcome: null };
const site = createServer(async (req, res) => {
  if (req.url.startsWith('/install'))
    await pages.provider.handleInstallPath(req, res, {}, pages.options);
  else
    await pages.provider.handleCallback(req, res, {
      success: (installation, options) => { pages.outcome = { installation, options }; res.end('welcome'); },
      failure: (error) => { pages.outcome = { error }; res.end(`not let in: ${error.code}`); },
    });
});
const sitePort = await listen(site);
const boltPort = await freePort();
const back = `http://127.0.0.1:${sitePort}/callback`;

const manifest = (name, more = {}) => ({
  display_information: { name },
  oauth_config: { redirect_urls: [back] },
  ...more,
});
const slackApiUrl = await dev({
  users: [{ name: 'ann', password: 'correct horse' }],
  channels: [{ name: 'news' }, { name: 'closed', private: true, members: ['ann'] }],
  apps: [
    { name: 'Herald', client_id: '1.1', client_secret: 'herald', manifest: manifest('Herald', { features: { bot_user: { display_name: 'Herald' } } }) },
    { name: 'Rotor', client_id: '1.2', client_secret: 'rotor', manifest: manifest('Rotor', { settings: { token_rotation_enabled: true } }) },
    { name: 'Greeter', client_id: '1.3', client_secret: 'greeter', signing_secret: SECRET,
      manifest: {
        display_information: { name: 'Greeter' },
        oauth_config: { redirect_urls: [`http://127.0.0.1:${boltPort}/slack/oauth_redirect`] },
        settings: { event_subscriptions: { request_url: `http://127.0.0.1:${boltPort}/slack/events`, bot_events: ['message.channels'] } },
      } },
  ],
  tokens: [{ user: 'ann', token: 'xoxp-ann' },
    { user: 'ann', token: 'xoxe.xoxp-ann', refresh: 'xoxe-1-ann', scopes: ['app_configurations:write'] }],
});
const origin = new URL(slackApiUrl).origin;
const ann = new WebClient('xoxp-ann', { slackApiUrl });
const team = (await ann.auth.test()).team_id;
const { channels } = await ann.conversations.list({ types: 'public_channel,private_channel' });
const channelOf = Object.fromEntries(channels.map((c) => [c.name, c.id]));
const lastIn = async (channel) => (await ann.conversations.history({ channel, limit: 1 })).messages[0];
const common = { stateSecret: 'a state secret', directInstall: true, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } };
const provider = (clientId, clientSecret, more) => new InstallProvider({
  ...common, clientId, clientSecret, authorizationUrl: `${origin}/oauth/v2/authorize`, ...more });

const person = new Browser();
async function signIn(browser) {
  check(browser.html.includes('Sign in'), 'who is not signed in is asked to');
  await browser.submit({ email: 'ann', password: 'wrong' });
  check(browser.status === 403, 'a wrong password is told');
  await browser.submit({ email: 'ann', password: 'correct horse' });
}

async function installProvider() {
  pages.provider = provider('1.1', 'herald');
  pages.options = { scopes: ['incoming-webhook', 'chat:write', 'channels:read'], userScopes: ['search:read'], redirectUri: back, metadata: 'from <here>' };
  await person.open(`http://127.0.0.1:${sitePort}/install`);
  await signIn(person);
  check(person.html.includes('Herald asks to enter') && Object.keys(person.options()).join() === '#closed (private),#general,#news,#random',
    `the page offers the channels: ${Object.keys(person.options())}`);
  const ask = person.url;
  await person.submit({ approve: 'false' });
  check(pages.outcome.error?.code === 'slack_oauth_installer_authorization_error', `no is an answer: ${pages.outcome.error?.code}`);
  await person.open(ask);
  await person.submit({ approve: 'true', channel: person.options()['#news'] });
  const { installation, options } = pages.outcome;
  check(person.html === 'welcome' && installation?.team.id === team && options.metadata === 'from <here>', `yes lets it in: ${person.html}`);
  check(installation.user.scopes.join() === 'search:read' && installation.bot.scopes.includes('chat:write'), 'with the scopes asked for');
  check(installation.incomingWebhook.channel === '#news' && installation.incomingWebhook.channelId === channelOf.news, 'and a webhook where the person said');

  const auth = await pages.provider.authorize({ teamId: team });
  const bot = await new WebClient(auth.botToken, { slackApiUrl }).auth.test();
  check(bot.user_id === auth.botUserId && bot.bot_id === auth.botId, 'authorize finds its tokens');
  check((await new WebClient(auth.userToken, { slackApiUrl }).auth.test()).user === 'ann', "and the person's");

  const tampered = new URL(ask);
  tampered.searchParams.set('state', `${tampered.searchParams.get('state')}x`);
  await person.open(tampered.href);
  await person.submit({ approve: 'true', channel: person.options()['#news'] });
  check(pages.outcome.error?.code === 'slack_oauth_invalid_state', `a state that was tampered with is refused by the app: ${pages.outcome.error?.code}`);
  return installation;
}

async function webhook({ incomingWebhook, bot }) {
  const hook = new IncomingWebhook(incomingWebhook.url);
  check((await hook.send('plain *text*')).text === 'ok', 'a webhook takes text');
  const said = await lastIn(channelOf.news);
  check(said.text === 'plain *text*' && said.bot_id === bot.id, 'which its bot says');
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'in a *block*' } }];
  await hook.send({ text: 'fallback', blocks, attachments: [{ text: 'beneath' }] });
  const rich = await lastIn(channelOf.news);
  check(rich.blocks[0].text.text === 'in a *block*' && rich.attachments[0].text === 'beneath', 'and blocks and attachments');
  const wrong = await hook.send({ blocks: [{ type: 'nonsense' }] }).catch((e) => e);
  check(wrong.code === 'slack_webhook_http_error' && wrong.original.response.status === 400, `what is no message is refused: ${wrong.original?.response?.data}`);
  const guessed = await new IncomingWebhook(`${incomingWebhook.url}x`).send('hi').catch((e) => e);
  check(guessed.original?.response.status === 403, 'a guessed address is refused');
}

async function rotation() {
  pages.provider = provider('1.2', 'rotor');
  pages.options = { scopes: ['chat:write'], userScopes: ['users:read'], redirectUri: back };
  await person.open(`http://127.0.0.1:${sitePort}/install`);
  await person.submit({ approve: 'true' });
  const { installation } = pages.outcome;
  check(installation.bot.token.startsWith('xoxe.xoxb-') && installation.bot.refreshToken && installation.user.refreshToken, 'tokens that rotate');
  const soon = Math.floor(Date.now() / 1000) + 60;
  const stored = await pages.provider.installationStore.fetchInstallation({ teamId: team });
  stored.bot.expiresAt = stored.user.expiresAt = soon;
  await pages.provider.installationStore.storeInstallation(stored);
  const before = { bot: installation.bot.token, user: installation.user.token };
  const auth = await pages.provider.authorize({ teamId: team });
  check(auth.botToken !== before.bot && auth.userToken !== before.user && auth.botTokenExpiresAt > soon + 3600, 'are traded before they stop');
  check((await new WebClient(auth.botToken, { slackApiUrl }).auth.test()).ok, 'and the new ones work');
  const again = await pages.provider.authorize({ teamId: team });
  check(again.botToken === auth.botToken, 'and are kept');
}

async function classic() {
  pages.provider = provider('1.1', 'herald', { authVersion: 'v1', authorizationUrl: `${origin}/oauth/authorize` });
  pages.options = { scopes: ['bot', 'chat:write:bot'], redirectUri: back };
  pages.provider.authVersion = 'v1';
  await person.open(`http://127.0.0.1:${sitePort}/install`);
  await person.submit({ approve: 'true' });
  const { installation } = pages.outcome;
  check(installation?.bot?.token.startsWith('xoxb-') && installation.authVersion === 'v1', `the classic way in: ${pages.outcome.error}`);
}

async function boltInstaller() {
  const app = new App({
    ...common, clientId: '1.3', clientSecret: 'greeter', signingSecret: SECRET, scopes: ['channels:history', 'chat:write'],
    installationStore: new Map2Store(),
    installerOptions: { directInstall: true, authorizationUrl: `${origin}/oauth/v2/authorize` },
  });
  app.message('good morning', ({ message, say }) => say(`good morning, <@${message.user}>`));
  await app.start({ port: boltPort, host: '127.0.0.1' });
  try {
    await person.open(`http://127.0.0.1:${boltPort}/slack/install`);
    check(person.html.includes('Greeter asks to enter'), 'the installer of Bolt leads to the page');
    await person.submit({ approve: 'true' });
    check(person.status === 200 && person.url.startsWith(`http://127.0.0.1:${boltPort}/slack/oauth_redirect`), `and back: ${person.url}`);
    const { members } = await ann.users.list();
    await ann.conversations.invite({ channel: channelOf.general, users: members.find((m) => m.real_name === 'Greeter').id });
    const me = (await ann.auth.test()).user_id;
    await until('and then the app hears and answers with the token it was given', async () => {
      await ann.chat.postMessage({ channel: channelOf.general, text: 'good morning' });
      await new Promise((r) => setTimeout(r, 200));
      const { messages } = await ann.conversations.history({ channel: channelOf.general });
      return messages.some((m) => m.text === `good morning, <@${me}>`);
    });
  } finally {
    await app.stop();
  }
}

// An installation store as apps write them.
class Map2Store {
  kept = new Map();

  storeInstallation = async (installation) => { this.kept.set(installation.team.id, installation); };

  fetchInstallation = async ({ teamId }) => this.kept.get(teamId);

  deleteInstallation = async ({ teamId }) => { this.kept.delete(teamId); };
}

// What tools that keep apps in files do, the new app's install included.
async function manage() {
  const { token, exp, iat } = await new WebClient(undefined, { slackApiUrl }).tooling.tokens.rotate({ refresh_token: 'xoxe-1-ann' });
  const { manifest: api } = new WebClient(token, { slackApiUrl }).apps;
  check(exp - iat === 12 * 3600, 'a configuration token is good for half a day');
  const said = { display_information: { name: 'By file' }, oauth_config: { redirect_urls: [back], scopes: { bot: ['chat:write'] } } };
  const wrong = await api.validate({ manifest: { ...said, settings: { interactivity: { is_enabled: true } } } }).catch((e) => e.data);
  check(wrong.error === 'invalid_manifest' && wrong.errors[0].pointer === '/settings/interactivity', `faults have their place: ${JSON.stringify(wrong)}`);
  const made = await api.create({ manifest: said });
  const { manifest: told } = await api.export({ app_id: made.app_id });
  check(JSON.stringify(told) === JSON.stringify(said), 'a manifest comes back as it went');
  pages.provider = provider(made.credentials.client_id, made.credentials.client_secret, { stateVerification: false });
  await person.open(made.oauth_authorize_url);
  await person.submit({ approve: 'true' });
  check(pages.outcome.installation?.appId === made.app_id, `oauth_authorize_url lets it in: ${pages.outcome.error}`);
  said.oauth_config.scopes.bot.push('users:read');
  check((await api.update({ app_id: made.app_id, manifest: said })).permissions_updated, 'more scopes are told');
  await api.delete({ app_id: made.app_id });
  const gone = await new WebClient(pages.outcome.installation.bot.token, { slackApiUrl }).auth.test().catch((e) => e.data.error);
  check(gone === 'token_revoked', 'a deleted app is out');
}

try {
  await webhook(await installProvider());
  await rotation();
  await classic();
  await manage();
  await boltInstaller();
} catch (e) {
  check(false, e.stack);
}
taut.kill();

// One message a second, with some in a burst; then the sender is told to wait.
try {
  await dev({
    users: [{ name: 'ann' }],
    apps: [{ name: 'Herald', bots: [{ name: 'herald', webhook: { secret: 'Burst' } }] }],
  }, '--rate-limits', 'slack');
  const url = readFileSync(join(folder, 'env'), 'utf8').match(/TAUT_WEBHOOK_URL='?([^'\n]*)/)[1];
  const hook = new IncomingWebhook(url);
  const sent = await Promise.all(Array.from({ length: 60 }, (_, i) => hook.send(`n${i}`).catch((e) => e)));
  const late = sent.find((r) => r.original?.response.status === 429)?.original.response;
  check(sent.some((r) => r.text === 'ok') && late?.data === 'rate_limited' && Number(late.headers['retry-after']) >= 1,
    `a burst is slowed down: ${sent.filter((r) => r.text === 'ok').length} of 60 taken`);
} catch (e) {
  check(false, e.stack);
}
taut.kill();
site.close();
rmSync(folder, { recursive: true });
finish();
