// Programs that know Slack's own addresses alone, with the authority of `taut ca` and a line in /etc/hosts: nothing in
// them says that this is another server.
//
//   node unchanged.mjs      the tokens in BOT_TOKEN, APP_TOKEN, OWNER_TOKEN; a webhook's path in WEBHOOK
//
// Ends with "N passed, M failed".
import bolt from '@slack/bolt';
import { RTMClient } from '@slack/rtm-api';
import { IncomingWebhook } from '@slack/webhook';
import { WebClient } from 'web-api-7';
import { check, finish } from './check.mjs';

const { BOT_TOKEN, APP_TOKEN, OWNER_TOKEN, WEBHOOK } = process.env;

async function until(what, test) {
  for (const end = Date.now() + 20000; Date.now() < end; await new Promise((r) => setTimeout(r, 50)))
    if (await test()) return check(true, what);
  return check(false, `${what}: not within 20 s`);
}

try {
  const owner = new WebClient(OWNER_TOKEN);
  const me = await owner.auth.test();
  check(me.ok && me.url === 'https://slack.com/', `the Web API at slack.com: ${me.url}`);
  const { channels } = await owner.conversations.list();
  const channel = channels.find((c) => c.is_general).id;
  const texts = async () => (await owner.conversations.history({ channel })).messages.map((m) => m.text);

  const hook = new IncomingWebhook(`https://hooks.slack.com${WEBHOOK}`);
  check((await hook.send('by a webhook')).text === 'ok' && (await texts()).includes('by a webhook'), 'a webhook at hooks.slack.com');

  await owner.files.uploadV2({ channel_id: channel, file: Buffer.from('a file'), filename: 'a.txt', initial_comment: 'see' });
  await until('files go up', async () => (await texts()).includes('see'));
  const { files } = await owner.files.list();
  const private_url = new URL(files[0].url_private);
  private_url.hostname = 'files.slack.com';
  const file = await fetch(private_url, { headers: { authorization: `Bearer ${OWNER_TOKEN}` } });
  check(await file.text() === 'a file', 'and come back from files.slack.com');

  const page = await fetch('https://slack.com/oauth/v2/authorize?client_id=x&scope=chat:write');
  check(page.ok && (await page.text()).includes('Sign in'), 'the page where people let apps in');

  const rtm = new RTMClient(OWNER_TOKEN);
  await rtm.start();
  const heard = new Promise((resolve) => { rtm.on('message', resolve); });
  await owner.chat.postMessage({ channel, text: 'over the line' });
  check((await heard).text === 'over the line', 'real-time messages');
  await rtm.disconnect();

  const app = new bolt.App({ token: BOT_TOKEN, appToken: APP_TOKEN, socketMode: true, logLevel: bolt.LogLevel.ERROR });
  app.message('ping', ({ say }) => say('pong'));
  await app.start();
  await until('a Bolt app in Socket Mode', async () => {
    await owner.chat.postMessage({ channel, text: 'ping' });
    await new Promise((r) => setTimeout(r, 200));
    return (await texts()).includes('pong');
  });
  await app.stop();
} catch (e) {
  check(false, e.stack);
}
finish();
