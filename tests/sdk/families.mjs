// The official SDK, unmodified but for its base URL, over every family of methods; those that the SDK has no name for any more go
// through apiCall.
//
//   node families.mjs PACKAGE      PACKAGE: web-api-7 or web-api-8; the environment is what `taut dev --env` writes
//
// Ends with "N passed, M failed".
import { check, finish } from './check.mjs';

const { WebClient, LogLevel } = await import(process.argv[2]);
const env = process.env;
const options = { slackApiUrl: env.SLACK_API_URL, logLevel: LogLevel.ERROR };
const owner = new WebClient(env.TAUT_ADMIN_TOKEN, options);
const bot = new WebClient(env.TAUT_BOT_TOKEN, options);
const member = new WebClient(env.TAUT_USER2_TOKEN, options);

async function family(name, run) {
  try {
    await run();
  } catch (e) {
    check(false, `${name}: ${e.stack} ${JSON.stringify(e.data ?? {})}`);
  }
}

const { user_id: me, team_id: team } = await owner.auth.test();
const { user_id: other } = await member.auth.test();
const { user_id: botUser, bot_id: botId } = await bot.auth.test();
const { channel: { id: channel } } = await owner.conversations.create({ name: 'sdk-families' });
await owner.conversations.invite({ channel, users: `${other},${botUser}` });
const { ts } = await owner.chat.postMessage({ channel, text: 'quince jelly' });

await family('auth, bots', async () => {
  check((await owner.auth.teams.list()).teams.length === 1, 'auth.teams.list');
  check((await bot.bots.info({ bot: botId })).bot.user_id === botUser, 'bots.info');
});

await family('streams', async () => {
  const stream = bot.chatStream({ channel, thread_ts: ts, recipient_user_id: me, recipient_team_id: team, buffer_size: 8 });
  await stream.append({ markdown_text: 'plum **jam' });
  await stream.append({ markdown_text: ' recipe**' });
  await stream.append({ chunks: [{ type: 'task_update', id: 'cook', title: 'Cook', status: 'complete' }] });
  const { message } = await stream.stop({ metadata: { event_type: 'cooked', event_payload: { minutes: 40 } } });
  check(message.text === 'plum *jam recipe*' && message.streaming_state === 'completed', 'chatStream');
  check(message.blocks.map((b) => b.type).join() === 'markdown,task_card', 'chatStream: blocks');
  const { messages } = await owner.conversations.replies({ channel, ts });
  check(messages[1].text === message.text, 'chatStream: it stands in the thread');
});

await family('stars', async () => {
  await owner.stars.add({ channel, timestamp: ts });
  const { items } = await owner.stars.list();
  check(items.length === 1 && items[0].message.text === 'quince jelly', 'stars.list');
  await owner.stars.remove({ channel, timestamp: ts });
  check((await owner.stars.list()).items.length === 0, 'stars.remove');
});

await family('usergroups', async () => {
  const { usergroup } = await owner.usergroups.create({ name: 'Cooks', handle: 'cooks' });
  await owner.usergroups.users.update({ usergroup: usergroup.id, users: `${me},${other}` });
  check((await owner.usergroups.users.list({ usergroup: usergroup.id })).users.length === 2, 'usergroups.users.list');
  await owner.usergroups.update({ usergroup: usergroup.id, name: 'All cooks' });
  const { usergroups } = await owner.usergroups.list({ include_users: true });
  check(usergroups[0].name === 'All cooks' && usergroups[0].users.length === 2, 'usergroups.list');
  check((await owner.usergroups.disable({ usergroup: usergroup.id })).usergroup.date_delete > 0, 'usergroups.disable');
  check((await owner.usergroups.enable({ usergroup: usergroup.id })).usergroup.date_delete === 0, 'usergroups.enable');
});

await family('dnd', async () => {
  check((await owner.dnd.setSnooze({ num_minutes: 30 })).snooze_enabled, 'dnd.setSnooze');
  check((await owner.dnd.info()).snooze_remaining > 0, 'dnd.info');
  check(me in (await owner.dnd.teamInfo({ users: `${me},${other}` })).users, 'dnd.teamInfo');
  check((await owner.dnd.endSnooze()).snooze_enabled === false, 'dnd.endSnooze');
});

await family('reminders', async () => {
  const { reminder } = await owner.reminders.add({ text: 'stir', time: 'in 20 minutes' });
  check((await owner.reminders.list()).reminders[0].id === reminder.id, 'reminders.list');
  check((await owner.reminders.info({ reminder: reminder.id })).reminder.text === 'stir', 'reminders.info');
  await owner.reminders.complete({ reminder: reminder.id });
  await owner.reminders.delete({ reminder: reminder.id });
  check((await owner.reminders.list()).reminders.length === 0, 'reminders.delete');
});

await family('search', async () => {
  const { messages } = await owner.search.messages({ query: 'quince' });
  check(messages.total === 1 && messages.matches[0].ts === ts && messages.matches[0].channel.id === channel, 'search.messages');
  check((await owner.search.all({ query: 'quince' })).files.total === 0, 'search.all');
  check((await owner.search.files({ query: 'quince' })).files.matches.length === 0, 'search.files');
});

await family('emoji, team', async () => {
  await owner.admin.emoji.addAlias({ name: 'jelly', alias_for: 'tada' });
  check((await owner.emoji.list()).emoji.jelly === 'alias:tada', 'admin.emoji.addAlias');
  await owner.admin.emoji.rename({ name: 'jelly', new_name: 'jam' });
  check('jam' in (await owner.admin.emoji.list()).emoji, 'admin.emoji.rename');
  await owner.admin.emoji.remove({ name: 'jam' });
  check(!('jam' in (await owner.emoji.list()).emoji), 'admin.emoji.remove');
  check((await owner.team.billableInfo({ user: me })).billable_info[me].billing_active === true, 'team.billableInfo');
  check(Array.isArray((await owner.team.integrationLogs()).logs), 'team.integrationLogs');
  check(Array.isArray((await owner.team.profile.get()).profile.fields), 'team.profile.get');
  const missing = await owner.migration.exchange({ users: me }).catch((e) => e.data);
  check(missing.needed === 'tokens.basic', 'migration.exchange needs a scope of its own');
});

await family('scheduled messages', async () => {
  const later = await bot.chat.scheduleMessage({ channel, text: 'later', post_at: Math.floor(Date.now() / 1000) + 3600 });
  const { scheduled_messages: all } = await bot.chat.scheduledMessages.list({ channel });
  check(all.length === 1 && all[0].id === later.scheduled_message_id, 'chat.scheduledMessages.list');
  await bot.chat.deleteScheduledMessage({ channel, scheduled_message_id: later.scheduled_message_id });
  check((await owner.chat.meMessage({ channel, text: 'stirs' })).channel === channel, 'chat.meMessage');
});

await family('presence, rtm', async () => {
  await owner.users.setPresence({ presence: 'away' });
  check((await owner.users.getPresence({ user: me })).presence === 'away', 'users.getPresence');
  check((await bot.rtm.connect()).url.startsWith('ws'), 'rtm.connect');
  check((await bot.apiCall('rtm.start')).self.id === botUser, 'rtm.start');
});

// The families that Slack has retired.
for (const [kind, name] of [['channels', 'channel'], ['groups', 'group']]) {
  await family(kind, async () => {
    const { [name]: made } = await owner.apiCall(`${kind}.create`, { name: `old-${kind}` });
    const at = { channel: made.id };
    check(made.name === `old-${kind}`, `${kind}.create`);
    await owner.apiCall(`${kind}.invite`, { ...at, user: other });
    await owner.apiCall(`${kind}.setTopic`, { ...at, topic: 'Old' });
    await owner.apiCall(`${kind}.setPurpose`, { ...at, purpose: 'older' });
    const sent = await owner.chat.postMessage({ ...at, text: 'old' });
    check((await owner.apiCall(`${kind}.history`, at)).messages[0].ts === sent.ts, `${kind}.history`);
    check((await owner.apiCall(`${kind}.replies`, { ...at, thread_ts: sent.ts })).messages.length === 1, `${kind}.replies`);
    await owner.apiCall(`${kind}.mark`, { ...at, ts: sent.ts });
    await owner.apiCall(`${kind}.kick`, { ...at, user: other });
    await owner.apiCall(`${kind}.rename`, { ...at, name: `older-${kind}` });
    const { [name]: now } = await owner.apiCall(`${kind}.info`, at);
    check(now.name === `older-${kind}` && now.topic.value === 'Old' && now.members.length === 1, `${kind}.info`);
    check((await owner.apiCall(`${kind}.list`))[kind].some((c) => c.id === made.id), `${kind}.list`);
    await owner.apiCall(`${kind}.archive`, at);
    await owner.apiCall(`${kind}.unarchive`, at);
  });
}

for (const [kind, list, who] of [['im', 'ims', { user: other }], ['mpim', 'groups', { users: `${other},${botUser}` }]]) {
  await family(kind, async () => {
    const opened = await owner.apiCall(`${kind}.open`, who);
    const at = { channel: (opened.channel ?? opened.group).id };
    const sent = await owner.chat.postMessage({ ...at, text: 'psst' });
    check((await owner.apiCall(`${kind}.history`, at)).messages[0].text === 'psst', `${kind}.history`);
    check((await owner.apiCall(`${kind}.replies`, { ...at, thread_ts: sent.ts })).messages.length === 1, `${kind}.replies`);
    await owner.apiCall(`${kind}.mark`, { ...at, ts: sent.ts });
    check((await owner.apiCall(`${kind}.list`))[list].some((c) => c.id === at.channel), `${kind}.list`);
    await owner.apiCall(`${kind}.close`, at);
  });
}

await family('files', async () => {
  const { file } = await owner.apiCall('files.upload', { channels: channel, content: 'a recipe', title: 'Jelly' });
  check((await owner.files.info({ file: file.id })).file.title === 'Jelly', 'files.info');
  check((await owner.files.sharedPublicURL({ file: file.id })).file.public_url_shared, 'files.sharedPublicURL');
  check(!(await owner.files.revokePublicURL({ file: file.id })).file.public_url_shared, 'files.revokePublicURL');
  const { comment } = await owner.apiCall('files.comments.add', { file: file.id, comment: 'sweet' });
  await owner.apiCall('files.comments.edit', { file: file.id, id: comment.id, comment: 'sweeter' });
  check((await owner.files.comments.delete({ file: file.id, id: comment.id })).ok, 'files.comments.delete');
});

await family('groups, old and new', async () => {
  const { group } = await owner.apiCall('groups.create', { name: 'sdk-secret' });
  await owner.apiCall('groups.open', { channel: group.id });
  const { group: child } = await owner.apiCall('groups.createChild', { channel: group.id });
  check(child.id !== group.id && child.name === 'sdk-secret', 'groups.createChild');
  await owner.apiCall('groups.invite', { channel: child.id, user: other });
  await member.apiCall('groups.leave', { channel: child.id });
  const { channel: open } = await owner.apiCall('channels.create', { name: 'sdk-open' });
  check((await member.apiCall('channels.join', { name: 'sdk-open' })).channel.id === open.id, 'channels.join');
  await member.apiCall('channels.leave', { channel: open.id });
});

await family('people', async () => {
  const identity = new WebClient(env.TAUT_ADMIN_TOKEN, options);
  check((await identity.users.identity()).user.id === me, 'users.identity');
  await owner.apiCall('users.prefs.set', { name: 'highlight_words', value: 'quince' });
  check((await owner.apiCall('users.prefs.get')).prefs.highlight_words === 'quince', 'users.prefs.get');
  check((await owner.apiCall('users.setActive')).ok, 'users.setActive');
  const bytes = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACgAAAAeCAIAAADRv8uKAAAAK0lEQVR42u3NMQ0AAAgDsClBGIqRhQw4mvRvpvpExGKxWCwWi8VisVj8N15FL9xM9IxL+QAAAABJRU5ErkJggg==', 'base64');
  check((await owner.users.setPhoto({ image: bytes })).profile.is_custom_image === true, 'users.setPhoto');
  check((await owner.users.deletePhoto()).ok, 'users.deletePhoto');
  check(Array.isArray((await owner.team.accessLogs()).logins), 'team.accessLogs');
});

await family('chat.unfurl', async () => {
  const url = 'https://preview.example/a';
  const { ts: linked } = await owner.chat.postMessage({ channel, text: url });
  const { error } = await bot.chat.unfurl({ channel, ts: linked, unfurls: { [url]: { text: 'preview' } } }).catch((e) => e.data);
  check(error === 'cannot_find_service', `chat.unfurl of an app that registered no domain: ${error}`);
});

await family('apps', async () => {
  const app = new WebClient(env.TAUT_APP_TOKEN, options);
  check((await app.apps.connections.open()).url.startsWith('ws'), 'apps.connections.open');
  const none = await app.apps.event.authorizations.list({ event_context: 'nothing' }).catch((e) => e.data);
  check(none.error === 'invalid_event_context', `apps.event.authorizations.list: ${none.error}`);
});

await family('oauth, revoke', async () => {
  for (const method of ['oauth.access', 'oauth.token']) {
    const { error } = await owner.apiCall(method, { client_id: env.TAUT_CLIENT_ID, client_secret: env.TAUT_CLIENT_SECRET, code: 'no' })
      .catch((e) => e.data);
    check(error === 'invalid_code', `${method}: ${error}`);
  }
  const refused = await owner.oauth.v2.access({ client_id: env.TAUT_CLIENT_ID, client_secret: env.TAUT_CLIENT_SECRET, code: 'no' })
    .catch((e) => e.data);
  check(refused.error === 'invalid_code', `oauth.v2.access: ${refused.error}`);
  check((await member.auth.revoke()).revoked, 'auth.revoke');
});

finish();
