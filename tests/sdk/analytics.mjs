// The official SDK reads analytics files: admin.analytics.getFile gunzips what comes and gives it as file_data.
//
//   node analytics.mjs PACKAGE      the environment is what `taut dev --env` writes; the clock is moved past three midnights
//
// Ends with "N passed, M failed".
import { check, finish } from './check.mjs';

const { WebClient, LogLevel } = await import(process.argv[2]);
const env = process.env;
const options = { slackApiUrl: env.SLACK_API_URL, logLevel: LogLevel.ERROR };
const owner = new WebClient(env.TAUT_ADMIN_TOKEN, options);
const member = new WebClient(env.TAUT_USER2_TOKEN, { ...options, headers: { 'User-Agent': 'taut-desktop/1.0' } });

async function refusal(args, client = owner) {
  try {
    return (await client.admin.analytics.getFile(args)).file_data ? 'a file' : 'nothing';
  } catch (e) {
    return e.data?.error ?? e.stack;
  }
}

const day = async (advance) => {
  const { now } = await owner.apiCall('taut.clock.set', advance ? { advance } : {});
  return new Date(Number(now) * 1000).toISOString().slice(0, 10);
};

const { user_id: other } = await member.auth.test();
const { channel: { id: channel } } = await owner.conversations.create({ name: 'sdk-analytics' });
await owner.conversations.invite({ channel, users: other });
const first = await day();
const { ts } = await member.chat.postMessage({ channel, text: 'counted' });
await member.chat.postMessage({ channel, text: 'counted "too" \u{1f33b}' });
await member.reactions.add({ channel, timestamp: ts, name: 'tada' });
await owner.conversations.history({ channel });
check((await refusal({ type: 'member', date: first })) === 'file_not_yet_available', 'today has no file yet');
const second = await day('1d');
await owner.chat.postMessage({ channel, text: 'the next day' });
await day('1d');

const one = await owner.admin.analytics.getFile({ type: 'member', date: first });
const row = one.file_data.find((r) => r.user_id === other);
check(one.file_data.length > 2 && one.file_data.every((r) => r.date === first), 'a day of members');
check(row.messages_posted_count === 2 && row.channel_messages_posted_count === 2 && row.reactions_added_count === 1, 'what a member did');
check(row.is_active === true && row.is_guest === false && typeof row.email_address === 'string', 'and is');

const rooms = await owner.admin.analytics.getFile({ type: 'public_channel', date: first });
const room = rooms.file_data.find((r) => r.channel_id === channel);
check(room.messages_posted_by_members_count === 2 && room.members_who_viewed_count === 1 && room.total_members_count === 2, 'a channel');

const names = await owner.admin.analytics.getFile({ type: 'public_channel', metadata_only: true });
check(names.file_data.find((r) => r.channel_id === channel).name === 'sdk-analytics', 'what channels are called');

const both = await owner.admin.analytics.getFile({ type: 'member', date: first, end_date: second });
check(both.file_data.length === 2 * one.file_data.length, 'several days in one answer');
check(new Set(both.file_data.map((r) => r.date)).size === 2, 'each with its date');

const totals = await owner.admin.analytics.getFile({ type: 'taut.analytics.daily', date: first, end_date: second });
check(totals.file_data.length === 2 && totals.file_data[1].messages_posted_count >= 1, 'totals');

check((await refusal({ type: 'member', date: '2026-02-30' })) === 'invalid_date', 'no day');
check((await refusal({ type: 'members', date: first })) === 'invalid_type', 'no type');
check((await refusal({ type: 'member', date: '2001-01-01' })) === 'data_not_available', 'before everything');
check((await refusal({ type: 'member' })) === 'invalid_arguments', 'without a date');
check((await refusal({ type: 'member', date: first }, member)) === 'not_an_admin', 'a member');
finish();
