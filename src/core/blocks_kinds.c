/* The tables, from the parts up: texts, options, rich text, elements, blocks.  Numbers are those of the public Block
 * Kit reference. */
#include "core/blocks_kinds.h"

#include "core/blocks.h"

#define FIELD(n, t, ...)                                                                                               \
    {                                                                                                                  \
        .name = {n, sizeof(n) - 1}, .type = FIELD_##t, __VA_ARGS__                                                     \
    }
#define MUST .required = true
#define SIZE(least, most) .min = least, .max = most
#define FIELDS(...)                                                                                                    \
    (const struct block_field[])                                                                                       \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            .name = { 0 }                                                                                              \
        }                                                                                                              \
    }
#define FIELDS_NONE                                                                                                    \
    (const struct block_field[])                                                                                       \
    {                                                                                                                  \
        {                                                                                                              \
            .name = { 0 }                                                                                              \
        }                                                                                                              \
    }
#define KINDS(...)                                                                                                     \
    (const struct block_kind *const[])                                                                                 \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

/* --- composition objects -------------------------------------------------------------------------------------- */

static const struct block_kind plain_text = {
    .type = "plain_text",
    .fields = FIELDS(FIELD("text", PLAIN, MUST, .min = 1), FIELD("emoji", BOOL, .preset = "true"))};
static const struct block_kind mrkdwn = {
    .type = "mrkdwn",
    .fields = FIELDS(FIELD("text", MRKDWN, MUST, .min = 1), FIELD("verbatim", BOOL, .preset = "false"))};

#define PLAIN KINDS(&plain_text)
#define TEXT KINDS(&plain_text, &mrkdwn)

static const struct block_kind confirm = {
    .fields = FIELDS(FIELD("title", ONE, .of = PLAIN, .chars = 100), FIELD("text", ONE, MUST, .of = TEXT, .chars = 300),
                     FIELD("confirm", ONE, .of = PLAIN, .chars = 30), FIELD("deny", ONE, .of = PLAIN, .chars = 30),
                     FIELD("style", WORD, .words = "primary danger"))};
static const struct block_kind dispatch_action_config = {
    .fields = FIELDS(FIELD("trigger_actions_on", WORDS, SIZE(1, 2), .words = "on_enter_pressed on_character_entered"))};
static const struct block_kind filter = {
    .fields = FIELDS(FIELD("include", WORDS, SIZE(1, 4), .words = "im mpim private public"),
                     FIELD("exclude_external_shared_channels", BOOL), FIELD("exclude_bot_users", BOOL)),
    .some_of = "include exclude_external_shared_channels exclude_bot_users"};

static const struct block_kind option = {.fields = FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75),
                                                          FIELD("value", STRING, MUST, SIZE(1, 150)),
                                                          FIELD("description", ONE, .of = PLAIN, .chars = 75))};
/* Of overflow menus. */
static const struct block_kind option_url = {
    .fields = FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75), FIELD("value", STRING, MUST, SIZE(1, 150)),
                     FIELD("description", ONE, .of = PLAIN, .chars = 75), FIELD("url", URL, SIZE(1, 3000)))};
/* Of check boxes and radio buttons. */
static const struct block_kind option_box = {.fields = FIELDS(FIELD("text", ONE, MUST, .of = TEXT, .chars = 75),
                                                              FIELD("value", STRING, MUST, SIZE(1, 150)),
                                                              FIELD("description", ONE, .of = TEXT, .chars = 75))};
static const struct block_kind option_group = {
    .fields = FIELDS(FIELD("label", ONE, MUST, .of = PLAIN, .chars = 75),
                     FIELD("options", MANY, MUST, SIZE(1, 100), .of = KINDS(&option)))};
static const struct block_kind slack_file = {
    .fields = FIELDS(FIELD("id", STRING, SIZE(1, 255)), FIELD("url", URL, SIZE(1, 3000))), .one_of = "id url"};
static const struct block_kind icon = {.type = "icon", .fields = FIELDS(FIELD("name", STRING, MUST, SIZE(1, 100)))};
static const struct block_kind text_style = {.fields = FIELDS(FIELD("bold", BOOL), FIELD("italic", BOOL),
                                                              FIELD("strike", BOOL), FIELD("code", BOOL),
                                                              FIELD("underline", BOOL), FIELD("highlight", BOOL),
                                                              FIELD("client_highlight", BOOL), FIELD("unlink", BOOL))};

const struct block_field block_shared_fields[SHARED_FIELDS] = {
    FIELD("block_id", STRING, SIZE(0, 255)),
    FIELD("action_id", STRING, SIZE(1, 255)),
    FIELD("confirm", ONE, .of = KINDS(&confirm)),
    FIELD("focus_on_load", BOOL),
    FIELD("placeholder", ONE, .of = PLAIN, .chars = 150),
    FIELD("dispatch_action_config", ONE, .of = KINDS(&dispatch_action_config)),
    FIELD("style", ONE, .of = KINDS(&text_style)),
};

/* --- rich text ------------------------------------------------------------------------------------------------ */

static const struct block_kind rich_broadcast = {
    .type = "broadcast",
    .fields = FIELDS(FIELD("range", WORD, MUST, .words = "here channel everyone")),
    .has = HAS_STYLE};
static const struct block_kind rich_color = {
    .type = "color", .fields = FIELDS(FIELD("value", STRING, MUST, SIZE(1, 9))), .has = HAS_STYLE};
static const struct block_kind rich_channel = {
    .type = "channel", .fields = FIELDS(FIELD("channel_id", STRING, MUST, SIZE(1, 255))), .has = HAS_STYLE};
static const struct block_kind rich_date = {
    .type = "date",
    .fields = FIELDS(FIELD("timestamp", INT, MUST), FIELD("format", STRING, MUST, SIZE(1, 3000)),
                     FIELD("url", URL, SIZE(1, 3000)), FIELD("fallback", STRING, SIZE(0, 3000))),
    .has = HAS_STYLE};
static const struct block_kind rich_emoji = {
    .type = "emoji",
    .fields = FIELDS(FIELD("name", STRING, MUST, SIZE(1, 255)), FIELD("unicode", STRING, SIZE(0, 255)),
                     FIELD("skin_tone", INT, SIZE(1, 6)), FIELD("url", URL, SIZE(1, 3000))),
    .has = HAS_STYLE};
static const struct block_kind rich_link = {
    .type = "link",
    .fields = FIELDS(FIELD("url", URL, MUST, SIZE(1, 3000)), FIELD("text", STRING), FIELD("unsafe", BOOL)),
    .has = HAS_STYLE};
static const struct block_kind rich_team = {
    .type = "team", .fields = FIELDS(FIELD("team_id", STRING, MUST, SIZE(1, 255))), .has = HAS_STYLE};
static const struct block_kind rich_plain = {
    .type = "text", .fields = FIELDS(FIELD("text", STRING, MUST, .min = 1)), .has = HAS_STYLE};
static const struct block_kind rich_user = {
    .type = "user", .fields = FIELDS(FIELD("user_id", STRING, MUST, SIZE(1, 255))), .has = HAS_STYLE};
static const struct block_kind rich_usergroup = {
    .type = "usergroup", .fields = FIELDS(FIELD("usergroup_id", STRING, MUST, SIZE(1, 255))), .has = HAS_STYLE};

#define RICH_INLINE                                                                                                    \
    KINDS(&rich_plain, &rich_link, &rich_user, &rich_channel, &rich_emoji, &rich_broadcast, &rich_usergroup,           \
          &rich_date, &rich_color, &rich_team)

static const struct block_kind rich_section = {.type = "rich_text_section",
                                               .fields = FIELDS(FIELD("elements", MANY, MUST, .of = RICH_INLINE))};
static const struct block_kind rich_list = {
    .type = "rich_text_list",
    .fields = FIELDS(FIELD("elements", MANY, MUST, .of = KINDS(&rich_section)),
                     FIELD("style", WORD, MUST, .words = "bullet ordered"), FIELD("indent", INT, SIZE(0, 8)),
                     FIELD("offset", INT, SIZE(0, 1000000)), FIELD("border", INT, SIZE(0, 1)))};
static const struct block_kind rich_quote = {
    .type = "rich_text_quote",
    .fields = FIELDS(FIELD("elements", MANY, MUST, .of = RICH_INLINE), FIELD("border", INT, SIZE(0, 1)))};
static const struct block_kind rich_preformatted = {.type = "rich_text_preformatted",
                                                    .fields = FIELDS(FIELD("elements", MANY, MUST, .of = RICH_INLINE),
                                                                     FIELD("border", INT, SIZE(0, 1)),
                                                                     FIELD("language", STRING, SIZE(0, 100)))};
static const struct block_kind rich_text = {
    .type = "rich_text",
    .fields =
        FIELDS(FIELD("elements", MANY, MUST, .of = KINDS(&rich_section, &rich_list, &rich_quote, &rich_preformatted))),
    .has = HAS_BLOCK_ID};

/* --- elements ------------------------------------------------------------------------------------------------- */

#define STYLE_FIELD FIELD("style", WORD, .words = "primary danger")
#define LABEL_FIELD FIELD("accessibility_label", STRING, SIZE(0, 75))
/* What a server adds to pictures comes back when apps edit a message by its own blocks. */
#define PICTURE_FIELDS                                                                                                 \
    FIELD("alt_text", STRING, MUST, SIZE(0, 2000)), FIELD("image_url", URL, SIZE(1, 3000)),                            \
        FIELD("slack_file", ONE, .of = KINDS(&slack_file)), FIELD("fallback", STRING, SIZE(0, 2000)),                  \
        FIELD("image_width", INT), FIELD("image_height", INT), FIELD("image_bytes", INT), FIELD("is_animated", BOOL)

enum { HAS_MENU = HAS_ACTION_ID | HAS_CONFIRM | HAS_FOCUS | HAS_PLACEHOLDER };

static const struct block_kind image_element = {
    .type = "image", .fields = FIELDS(PICTURE_FIELDS), .one_of = "image_url slack_file"};
static const struct block_kind button = {.type = "button",
                                         .fields = FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75),
                                                          FIELD("value", STRING, SIZE(0, 2000)),
                                                          FIELD("url", URL, SIZE(1, 3000)), STYLE_FIELD, LABEL_FIELD),
                                         .has = HAS_ACTION_ID | HAS_CONFIRM};
static const struct block_kind checkboxes = {
    .type = "checkboxes",
    .fields = FIELDS(FIELD("options", MANY, MUST, SIZE(1, 10), .of = KINDS(&option_box)),
                     FIELD("initial_options", MANY, SIZE(1, 10), .of = KINDS(&option_box))),
    .has = HAS_ACTION_ID | HAS_CONFIRM | HAS_FOCUS};
static const struct block_kind radio_buttons = {
    .type = "radio_buttons",
    .fields = FIELDS(FIELD("options", MANY, MUST, SIZE(1, 10), .of = KINDS(&option_box)),
                     FIELD("initial_option", ONE, .of = KINDS(&option_box))),
    .has = HAS_ACTION_ID | HAS_CONFIRM | HAS_FOCUS};
static const struct block_kind overflow = {
    .type = "overflow",
    .fields = FIELDS(FIELD("options", MANY, MUST, SIZE(1, 5), .of = KINDS(&option_url))),
    .has = HAS_ACTION_ID | HAS_CONFIRM};
static const struct block_kind datepicker = {
    .type = "datepicker", .fields = FIELDS(FIELD("initial_date", DATE)), .has = HAS_MENU};
static const struct block_kind timepicker = {
    .type = "timepicker",
    .fields = FIELDS(FIELD("initial_time", TIME), FIELD("timezone", STRING, SIZE(1, 100))),
    .has = HAS_MENU};
static const struct block_kind datetimepicker = {.type = "datetimepicker",
                                                 .fields = FIELDS(FIELD("initial_date_time", INT, .min = 0)),
                                                 .has = HAS_ACTION_ID | HAS_CONFIRM | HAS_FOCUS};
static const struct block_kind feedback_button = {.fields =
                                                      FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75),
                                                             FIELD("value", STRING, MUST, SIZE(0, 2000)), LABEL_FIELD)};
static const struct block_kind feedback_buttons = {
    .type = "feedback_buttons",
    .fields = FIELDS(FIELD("positive_button", ONE, MUST, .of = KINDS(&feedback_button)),
                     FIELD("negative_button", ONE, MUST, .of = KINDS(&feedback_button))),
    .has = HAS_ACTION_ID};
static const struct block_kind icon_button = {.type = "icon_button",
                                              .fields = FIELDS(FIELD("icon", WORD, MUST, .words = "trash"),
                                                               FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75),
                                                               FIELD("value", STRING, SIZE(0, 2000)), LABEL_FIELD,
                                                               FIELD("visible_to_user_ids", STRINGS, SIZE(0, 100))),
                                              .has = HAS_ACTION_ID | HAS_CONFIRM};

static const struct block_kind workflow_parameter = {
    .fields = FIELDS(FIELD("name", STRING, MUST, SIZE(1, 255)), FIELD("value", STRING, MUST, SIZE(0, 3000)))};
static const struct block_kind workflow_trigger = {
    .fields = FIELDS(FIELD("url", URL, MUST, SIZE(1, 3000)),
                     FIELD("customizable_input_parameters", MANY, SIZE(0, 100), .of = KINDS(&workflow_parameter)))};
static const struct block_kind workflow = {.fields =
                                               FIELDS(FIELD("trigger", ONE, MUST, .of = KINDS(&workflow_trigger)))};
static const struct block_kind workflow_button = {.type = "workflow_button",
                                                  .fields = FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 75),
                                                                   FIELD("workflow", ONE, MUST, .of = KINDS(&workflow)),
                                                                   STYLE_FIELD, LABEL_FIELD),
                                                  .has = HAS_ACTION_ID | HAS_CONFIRM};

/* --- menus ---------------------------------------------------------------------------------------------------- */

#define OPTION_FIELDS                                                                                                  \
    FIELD("options", MANY, SIZE(1, 100), .of = KINDS(&option)),                                                        \
        FIELD("option_groups", MANY, SIZE(1, 100), .of = KINDS(&option_group))
#define ONE_OPTION FIELD("initial_option", ONE, .of = KINDS(&option))
#define MANY_OPTIONS                                                                                                   \
    FIELD("initial_options", MANY, SIZE(1, 100), .of = KINDS(&option)), FIELD("max_selected_items", INT, .min = 1)
#define QUERY_FIELD FIELD("min_query_length", INT)
#define MANY_IDS(name) FIELD(name, STRINGS, SIZE(0, 100)), FIELD("max_selected_items", INT, .min = 1)
#define CONVERSATION_FIELDS FIELD("default_to_current_conversation", BOOL), FIELD("filter", ONE, .of = KINDS(&filter))
#define RESPONSE_FIELD FIELD("response_url_enabled", BOOL)

static const struct block_kind static_select = {.type = "static_select",
                                                .fields = FIELDS(OPTION_FIELDS, ONE_OPTION),
                                                .has = HAS_MENU,
                                                .one_of = "options option_groups"};
static const struct block_kind external_select = {
    .type = "external_select", .fields = FIELDS(ONE_OPTION, QUERY_FIELD), .has = HAS_MENU};
static const struct block_kind users_select = {
    .type = "users_select", .fields = FIELDS(FIELD("initial_user", STRING, SIZE(1, 255))), .has = HAS_MENU};
static const struct block_kind channels_select = {
    .type = "channels_select",
    .fields = FIELDS(FIELD("initial_channel", STRING, SIZE(1, 255)), RESPONSE_FIELD),
    .has = HAS_MENU};
static const struct block_kind conversations_select = {
    .type = "conversations_select",
    .fields = FIELDS(FIELD("initial_conversation", STRING, SIZE(1, 255)), CONVERSATION_FIELDS, RESPONSE_FIELD),
    .has = HAS_MENU};
static const struct block_kind multi_static_select = {.type = "multi_static_select",
                                                      .fields = FIELDS(OPTION_FIELDS, MANY_OPTIONS),
                                                      .has = HAS_MENU,
                                                      .one_of = "options option_groups"};
static const struct block_kind multi_external_select = {
    .type = "multi_external_select", .fields = FIELDS(MANY_OPTIONS, QUERY_FIELD), .has = HAS_MENU};
static const struct block_kind multi_users_select = {
    .type = "multi_users_select", .fields = FIELDS(MANY_IDS("initial_users")), .has = HAS_MENU};
static const struct block_kind multi_channels_select = {
    .type = "multi_channels_select", .fields = FIELDS(MANY_IDS("initial_channels")), .has = HAS_MENU};
static const struct block_kind multi_conversations_select = {
    .type = "multi_conversations_select",
    .fields = FIELDS(MANY_IDS("initial_conversations"), CONVERSATION_FIELDS),
    .has = HAS_MENU};

#define MENUS                                                                                                          \
    &static_select, &external_select, &users_select, &channels_select, &conversations_select, &multi_static_select,    \
        &multi_external_select, &multi_users_select, &multi_channels_select, &multi_conversations_select

/* --- inputs --------------------------------------------------------------------------------------------------- */

enum { HAS_INPUT = HAS_ACTION_ID | HAS_FOCUS | HAS_PLACEHOLDER | HAS_DISPATCH };

#define INITIAL_FIELD FIELD("initial_value", STRING, SIZE(0, 3000))

static const struct block_kind plain_text_input = {.type = "plain_text_input",
                                                   .fields = FIELDS(INITIAL_FIELD, FIELD("multiline", BOOL),
                                                                    FIELD("min_length", INT, SIZE(0, 3000)),
                                                                    FIELD("max_length", INT, SIZE(1, 3000))),
                                                   .has = HAS_INPUT};
static const struct block_kind email_input = {
    .type = "email_text_input", .fields = FIELDS(INITIAL_FIELD), .has = HAS_INPUT};
static const struct block_kind url_input = {
    .type = "url_text_input", .fields = FIELDS(INITIAL_FIELD), .has = HAS_INPUT};
static const struct block_kind number_input = {
    .type = "number_input",
    .fields = FIELDS(FIELD("is_decimal_allowed", BOOL, MUST), FIELD("initial_value", NUMERAL),
                     FIELD("min_value", NUMERAL), FIELD("max_value", NUMERAL)),
    .has = HAS_INPUT};
static const struct block_kind rich_text_input = {.type = "rich_text_input",
                                                  .fields = FIELDS(FIELD("initial_value", ONE, .of = KINDS(&rich_text)),
                                                                   FIELD("min_lines", INT, SIZE(1, 100)),
                                                                   FIELD("max_lines", INT, SIZE(1, 100))),
                                                  .has = HAS_INPUT};
static const struct block_kind file_input = {
    .type = "file_input",
    .fields = FIELDS(FIELD("filetypes", STRINGS, SIZE(0, 100)), FIELD("max_files", INT, SIZE(1, 10))),
    .has = HAS_ACTION_ID,
    .only = SURFACE_MODAL | SURFACE_MESSAGE};

/* --- blocks --------------------------------------------------------------------------------------------------- */

static const struct block_kind section = {
    .type = "section",
    .fields = FIELDS(FIELD("text", ONE, .of = TEXT), FIELD("fields", MANY, SIZE(1, 10), .of = TEXT, .chars = 2000),
                     FIELD("accessory", ONE,
                           .of = KINDS(&button, &image_element, &checkboxes, &datepicker, &timepicker, &overflow,
                                       &radio_buttons, &workflow_button, MENUS)),
                     FIELD("expand", BOOL)),
    .has = HAS_BLOCK_ID,
    .some_of = "text fields"};
static const struct block_kind divider = {.type = "divider", .fields = FIELDS_NONE, .has = HAS_BLOCK_ID};
static const struct block_kind image = {.type = "image",
                                        .fields =
                                            FIELDS(PICTURE_FIELDS, FIELD("title", ONE, .of = PLAIN, .chars = 2000)),
                                        .has = HAS_BLOCK_ID,
                                        .one_of = "image_url slack_file"};
static const struct block_kind actions = {
    .type = "actions",
    .fields = FIELDS(FIELD("elements", MANY, MUST, SIZE(1, 25),
                           .of = KINDS(&button, &checkboxes, &datepicker, &datetimepicker, &timepicker, &overflow,
                                       &radio_buttons, &workflow_button, &rich_text_input, MENUS))),
    .has = HAS_BLOCK_ID};
static const struct block_kind context = {
    .type = "context",
    .fields = FIELDS(FIELD("elements", MANY, MUST, SIZE(1, 10), .of = KINDS(&image_element, &plain_text, &mrkdwn))),
    .has = HAS_BLOCK_ID};
static const struct block_kind context_actions = {
    .type = "context_actions",
    .fields = FIELDS(FIELD("elements", MANY, MUST, SIZE(1, 5), .of = KINDS(&feedback_buttons, &icon_button))),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};
static const struct block_kind input = {
    .type = "input",
    .fields = FIELDS(
        FIELD("label", ONE, MUST, .of = PLAIN, .chars = 2000),
        FIELD("element", ONE, MUST,
              .of = KINDS(&plain_text_input, &checkboxes, &radio_buttons, &datepicker, &timepicker, &datetimepicker,
                          &email_input, &url_input, &number_input, &rich_text_input, &file_input, MENUS)),
        FIELD("hint", ONE, .of = PLAIN, .chars = 2000), FIELD("optional", BOOL), FIELD("dispatch_action", BOOL)),
    .has = HAS_BLOCK_ID};
static const struct block_kind header = {
    .type = "header", .fields = FIELDS(FIELD("text", ONE, MUST, .of = PLAIN, .chars = 150)), .has = HAS_BLOCK_ID};
static const struct block_kind file = {
    .type = "file",
    .fields = FIELDS(FIELD("external_id", STRING, MUST, SIZE(1, 255)), FIELD("source", WORD, MUST, .words = "remote")),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};
static const struct block_kind call = {.type = "call",
                                       .fields = FIELDS(FIELD("call_id", STRING, MUST, SIZE(1, 255))),
                                       .has = HAS_BLOCK_ID,
                                       .only = SURFACE_MESSAGE};
static const struct block_kind markdown = {.type = "markdown",
                                           .fields = FIELDS(FIELD("text", STRING, MUST, SIZE(1, 12000))),
                                           .has = HAS_BLOCK_ID,
                                           .only = SURFACE_MESSAGE};
static const struct block_kind video = {
    .type = "video",
    .fields = FIELDS(FIELD("title", ONE, MUST, .of = PLAIN, .chars = 200), FIELD("video_url", URL, MUST, SIZE(1, 3000)),
                     FIELD("thumbnail_url", URL, MUST, SIZE(1, 3000)), FIELD("alt_text", STRING, MUST, SIZE(0, 2000)),
                     FIELD("title_url", URL, SIZE(1, 3000)), FIELD("author_name", STRING, SIZE(0, 50)),
                     FIELD("provider_name", STRING, SIZE(0, 255)), FIELD("provider_icon_url", URL, SIZE(1, 3000)),
                     FIELD("description", ONE, .of = PLAIN, .chars = 200)),
    .has = HAS_BLOCK_ID};
static const struct block_kind alert = {.type = "alert",
                                        .fields =
                                            FIELDS(FIELD("text", ONE, MUST, .of = TEXT),
                                                   FIELD("level", WORD, .words = "default info warning error success")),
                                        .has = HAS_BLOCK_ID};
static const struct block_kind card = {
    .type = "card",
    .fields = FIELDS(FIELD("hero_image", ONE, .of = KINDS(&image_element)),
                     FIELD("icon", ONE, .of = KINDS(&image_element)), FIELD("slack_icon", ONE, .of = KINDS(&icon)),
                     FIELD("title", ONE, .of = TEXT, .chars = 150), FIELD("subtitle", ONE, .of = TEXT, .chars = 150),
                     FIELD("body", ONE, .of = TEXT, .chars = 200), FIELD("subtext", ONE, .of = TEXT, .chars = 200),
                     FIELD("actions", MANY, SIZE(1, 3), .of = KINDS(&button))),
    .has = HAS_BLOCK_ID,
    .some_of = "hero_image title actions body"};
static const struct block_kind carousel = {.type = "carousel",
                                           .fields =
                                               FIELDS(FIELD("elements", MANY, MUST, SIZE(1, 10), .of = KINDS(&card))),
                                           .has = HAS_BLOCK_ID,
                                           .only = SURFACE_MESSAGE | SURFACE_HOME};

static const struct block_kind raw_text = {.type = "raw_text", .fields = FIELDS(FIELD("text", STRING, MUST, .min = 1))};
static const struct block_kind raw_number = {
    .type = "raw_number", .fields = FIELDS(FIELD("value", NUMBER, MUST), FIELD("text", STRING, MUST, .min = 1))};
static const struct block_kind column_settings = {
    .fields = FIELDS(FIELD("align", WORD, .words = "left center right"), FIELD("is_wrapped", BOOL))};
static const struct block_kind table = {
    .type = "table",
    .fields =
        FIELDS(FIELD("rows", ROWS, MUST, SIZE(1, 100), .of = KINDS(&raw_text, &raw_number, &rich_text), .cells = 20),
               FIELD("column_settings", MANY, SIZE(0, 20), .of = KINDS(&column_settings))),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};
static const struct block_kind data_table = {
    .type = "data_table",
    .fields =
        FIELDS(FIELD("rows", ROWS, MUST, SIZE(2, 201), .of = KINDS(&raw_text, &raw_number, &rich_text), .cells = 20),
               FIELD("caption", STRING, MUST, SIZE(1, 3000)), FIELD("page_size", INT, SIZE(1, 200)),
               FIELD("row_header_column_index", INT, SIZE(0, 19))),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};

static const struct block_kind task_source = {
    .type = "url",
    .fields = FIELDS(FIELD("url", URL, MUST, SIZE(1, 3000)), FIELD("text", STRING, MUST, SIZE(1, 3000)))};
static const struct block_kind task_card = {
    .type = "task_card",
    .fields =
        FIELDS(FIELD("task_id", STRING, MUST, SIZE(1, 255)), FIELD("title", STRING, MUST, SIZE(1, 3000)),
               FIELD("details", ONE, .of = KINDS(&rich_text)), FIELD("output", ONE, .of = KINDS(&rich_text)),
               FIELD("sources", MANY, SIZE(0, 100), .of = KINDS(&task_source)), FIELD("icon", ONE, .of = KINDS(&icon)),
               FIELD("status", WORD, .words = "pending in_progress complete error")),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};
static const struct block_kind plan = {.type = "plan",
                                       .fields = FIELDS(FIELD("title", STRING, MUST, SIZE(1, 3000)),
                                                        FIELD("tasks", MANY, SIZE(0, 100), .of = KINDS(&task_card))),
                                       .has = HAS_BLOCK_ID,
                                       .only = SURFACE_MESSAGE};
static const struct block_kind container = {
    .type = "container",
    .fields = FIELDS(
        FIELD("title", ONE, .of = PLAIN, .chars = 150), FIELD("rich_text_title", ONE, .of = KINDS(&rich_text)),
        FIELD("subtitle", ONE, .of = TEXT, .chars = 150),
        FIELD("child_blocks", MANY, MUST, SIZE(1, 10),
              .of = KINDS(&actions, &context, &divider, &file, &header, &image, &input, &rich_text, &section, &table,
                          &video),
              .ids = true),
        FIELD("width", WORD, .words = "narrow standard wide full"), FIELD("icon", ONE, .of = KINDS(&image_element)),
        FIELD("is_collapsible", BOOL), FIELD("default_collapsed", BOOL), FIELD("has_header_divider", BOOL)),
    .has = HAS_BLOCK_ID,
    .only = SURFACE_MESSAGE};

const struct block_kind *const block_kinds[] = {&section,   &divider, &image,      &actions, &context, &context_actions,
                                                &input,     &header,  &rich_text,  &file,    &call,    &video,
                                                &markdown,  &table,   &data_table, &alert,   &card,    &carousel,
                                                &task_card, &plan,    &container,  NULL};

/* --- views ---------------------------------------------------------------------------------------------------- */

#define VIEW_FIELDS                                                                                                    \
    FIELD("private_metadata", STRING, SIZE(0, 3000)), FIELD("callback_id", STRING, SIZE(0, 255)),                      \
        FIELD("external_id", STRING, SIZE(0, 255)),                                                                    \
        FIELD("blocks", MANY, MUST, SIZE(0, BLOCKS_PER_VIEW), .of = block_kinds, .ids = true)

static const struct block_kind modal = {
    .type = "modal",
    .fields = FIELDS(FIELD("title", ONE, MUST, .of = PLAIN, .chars = 24), FIELD("close", ONE, .of = PLAIN, .chars = 24),
                     FIELD("submit", ONE, .of = PLAIN, .chars = 24), FIELD("clear_on_close", BOOL),
                     FIELD("notify_on_close", BOOL), FIELD("submit_disabled", BOOL), VIEW_FIELDS)};
static const struct block_kind home = {.type = "home", .fields = FIELDS(VIEW_FIELDS)};

const struct block_kind *const block_view_kinds[] = {&modal, &home, NULL};
