//! The fields of every block, element and composition object, as on their pages.

use super::rule::Rule::{self, Any, Element, Filled, Flag, Marked, Number, Plain, Several, Shaped, Text, Word, Worded};

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) rule: Rule,
}

/// The fields of an object.
pub(super) type Shape = &'static [Field];

const fn must(name: &'static str, rule: Rule) -> Field {
    Field { name, required: true, rule }
}

const fn may(name: &'static str, rule: Rule) -> Field {
    Field { name, required: false, rule }
}

const URL: Rule = Filled(3000);
const ID: Rule = Text(255);

const CONFIRM: Shape = &[
    must("title", Plain(100)),
    must("text", Worded(300)),
    must("confirm", Plain(30)),
    must("deny", Plain(30)),
    may("style", Word(&["primary", "danger"])),
];
const OPTION: Shape = &[must("text", Plain(75)), must("value", Filled(150)), may("description", Plain(75)), may("url", URL)];
/// Radio buttons and checkboxes take both kinds of text.
const BOX: Shape = &[must("text", Worded(75)), must("value", Filled(150)), may("description", Worded(75))];
const GROUP: Shape = &[must("label", Plain(75)), must("options", Several(100, OPTION))];
const FEEDBACK: Shape = &[must("text", Plain(75)), must("value", Filled(2000)), may("accessibility_label", Text(75))];

const BUTTON: Shape = &[
    must("text", Plain(75)),
    may("action_id", ID),
    may("url", URL),
    may("value", Text(2000)),
    may("style", Word(&["primary", "danger"])),
    may("confirm", Shaped(CONFIRM)),
    may("accessibility_label", Text(75)),
];
const IMAGE_ELEMENT: Shape = &[must("alt_text", Text(2000)), may("image_url", URL), may("slack_file", Any)];

macro_rules! menu {
    ($($field:expr),* $(,)?) => {
        &[
            may("action_id", ID),
            may("placeholder", Plain(150)),
            may("confirm", Shaped(CONFIRM)),
            may("focus_on_load", Flag),
            $($field),*
        ]
    };
}

const STATIC_SELECT: Shape =
    menu![may("options", Several(100, OPTION)), may("option_groups", Several(100, GROUP)), may("initial_option", Shaped(OPTION))];
const MULTI_STATIC_SELECT: Shape = menu![
    may("options", Several(100, OPTION)),
    may("option_groups", Several(100, GROUP)),
    may("initial_options", Several(100, OPTION)),
    may("max_selected_items", Number),
];
const EXTERNAL_SELECT: Shape = menu![may("initial_option", Shaped(OPTION)), may("min_query_length", Number)];
const MULTI_EXTERNAL_SELECT: Shape =
    menu![may("initial_options", Several(100, OPTION)), may("min_query_length", Number), may("max_selected_items", Number)];
const USERS_SELECT: Shape = menu![may("initial_user", Text(255))];
const MULTI_USERS_SELECT: Shape = menu![may("initial_users", Any), may("max_selected_items", Number)];
const CONVERSATIONS_SELECT: Shape = menu![
    may("initial_conversation", Text(255)),
    may("default_to_current_conversation", Flag),
    may("response_url_enabled", Flag),
    may("filter", Any),
];
const MULTI_CONVERSATIONS_SELECT: Shape = menu![
    may("initial_conversations", Any),
    may("default_to_current_conversation", Flag),
    may("max_selected_items", Number),
    may("filter", Any),
];
const CHANNELS_SELECT: Shape = menu![may("initial_channel", Text(255)), may("response_url_enabled", Flag)];
const MULTI_CHANNELS_SELECT: Shape = menu![may("initial_channels", Any), may("max_selected_items", Number)];
const RADIO_BUTTONS: Shape = &[
    may("action_id", ID),
    must("options", Several(10, BOX)),
    may("initial_option", Shaped(BOX)),
    may("confirm", Shaped(CONFIRM)),
    may("focus_on_load", Flag),
];
const CHECKBOXES: Shape = &[
    may("action_id", ID),
    must("options", Several(10, BOX)),
    may("initial_options", Several(10, BOX)),
    may("confirm", Shaped(CONFIRM)),
    may("focus_on_load", Flag),
];
const OVERFLOW: Shape = &[may("action_id", ID), must("options", Several(5, OPTION)), may("confirm", Shaped(CONFIRM))];
const DATEPICKER: Shape = menu![may("initial_date", Text(10))];
const TIMEPICKER: Shape = menu![may("initial_time", Text(5)), may("timezone", Text(255))];
const DATETIMEPICKER: Shape =
    &[may("action_id", ID), may("initial_date_time", Number), may("confirm", Shaped(CONFIRM)), may("focus_on_load", Flag)];

macro_rules! input {
    ($($field:expr),* $(,)?) => {
        &[
            may("action_id", ID),
            may("placeholder", Plain(150)),
            may("focus_on_load", Flag),
            may("dispatch_action_config", Any),
            $($field),*
        ]
    };
}

const PLAIN_TEXT_INPUT: Shape =
    input![may("initial_value", Text(3000)), may("multiline", Flag), may("min_length", Number), may("max_length", Number)];
const ADDRESS_INPUT: Shape = input![may("initial_value", Text(3000))];
const NUMBER_INPUT: Shape =
    input![must("is_decimal_allowed", Flag), may("initial_value", Text(255)), may("min_value", Any), may("max_value", Any)];
const RICH_TEXT_INPUT: Shape = input![may("initial_value", Any)];
const FILE_INPUT: Shape = &[may("action_id", ID), may("filetypes", Any), may("max_files", Number)];
const FEEDBACK_BUTTONS: Shape =
    &[may("action_id", ID), must("positive_button", Shaped(FEEDBACK)), must("negative_button", Shaped(FEEDBACK))];
const ICON_BUTTON: Shape = &[
    must("icon", Word(&["trash"])),
    must("text", Plain(75)),
    may("action_id", ID),
    may("value", Text(2000)),
    may("confirm", Shaped(CONFIRM)),
    may("accessibility_label", Text(75)),
    may("visible_to_user_ids", Any),
];
const WORKFLOW_BUTTON: Shape = &[
    must("text", Plain(75)),
    must("workflow", Any),
    may("action_id", ID),
    may("style", Word(&["primary", "danger"])),
    may("accessibility_label", Text(75)),
];

const ELEMENTS: &[(&str, Shape)] = &[
    ("button", BUTTON),
    ("image", IMAGE_ELEMENT),
    ("static_select", STATIC_SELECT),
    ("multi_static_select", MULTI_STATIC_SELECT),
    ("external_select", EXTERNAL_SELECT),
    ("multi_external_select", MULTI_EXTERNAL_SELECT),
    ("users_select", USERS_SELECT),
    ("multi_users_select", MULTI_USERS_SELECT),
    ("conversations_select", CONVERSATIONS_SELECT),
    ("multi_conversations_select", MULTI_CONVERSATIONS_SELECT),
    ("channels_select", CHANNELS_SELECT),
    ("multi_channels_select", MULTI_CHANNELS_SELECT),
    ("radio_buttons", RADIO_BUTTONS),
    ("checkboxes", CHECKBOXES),
    ("overflow", OVERFLOW),
    ("datepicker", DATEPICKER),
    ("timepicker", TIMEPICKER),
    ("datetimepicker", DATETIMEPICKER),
    ("plain_text_input", PLAIN_TEXT_INPUT),
    ("email_text_input", ADDRESS_INPUT),
    ("url_text_input", ADDRESS_INPUT),
    ("number_input", NUMBER_INPUT),
    ("rich_text_input", RICH_TEXT_INPUT),
    ("file_input", FILE_INPUT),
    ("feedback_buttons", FEEDBACK_BUTTONS),
    ("icon_button", ICON_BUTTON),
    ("workflow_button", WORKFLOW_BUTTON),
    // Texts among the elements of a context block.
    ("plain_text", &[must("text", Filled(3000)), may("emoji", Flag)]),
    ("mrkdwn", &[must("text", Filled(3000)), may("verbatim", Flag)]),
];

/// The fields of an element.
pub(super) fn element(kind: &str) -> Option<Shape> {
    find(ELEMENTS, kind)
}

macro_rules! menus {
    ($($more:literal),* $(,)?) => {
        &[
            "static_select", "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
            "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "checkboxes",
            "radio_buttons", "datepicker", "timepicker", $($more),*
        ]
    };
}

const IN_SECTION: &[&str] = menus!["button", "image", "overflow", "workflow_button"];
const IN_ACTIONS: &[&str] = menus!["button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"];
const IN_INPUT: &[&str] =
    menus!["datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input", "rich_text_input", "url_text_input"];

const CARD: Shape = &[
    may("hero_image", Element(&["image"])),
    may("icon", Element(&["image"])),
    may("slack_icon", Any),
    may("title", Marked(150)),
    may("subtitle", Marked(150)),
    may("body", Marked(200)),
    may("actions", Rule::List(25, &Element(&["button"]))),
];

const BLOCKS: &[(&str, Shape)] = &[
    (
        "section",
        &[
            may("text", Worded(3000)),
            may("fields", Rule::List(10, &Worded(2000))),
            may("accessory", Element(IN_SECTION)),
            may("expand", Flag),
        ],
    ),
    ("header", &[must("text", Plain(150)), may("level", Number)]),
    ("divider", &[]),
    ("context", &[must("elements", Rule::List(10, &Element(&["image", "plain_text", "mrkdwn"])))]),
    ("actions", &[must("elements", Rule::List(25, &Element(IN_ACTIONS)))]),
    ("context_actions", &[must("elements", Rule::List(5, &Element(&["feedback_buttons", "icon_button"])))]),
    ("image", &[must("alt_text", Text(2000)), may("image_url", URL), may("slack_file", Any), may("title", Plain(2000))]),
    (
        "input",
        &[
            must("label", Plain(2000)),
            must("element", Element(IN_INPUT)),
            may("hint", Plain(2000)),
            may("optional", Flag),
            may("dispatch_action", Flag),
        ],
    ),
    ("markdown", &[must("text", Filled(12_000))]),
    ("rich_text", &[must("elements", Rule::List(usize::MAX, &Shaped(RICH_TEXT_PART)))]),
    ("table", &[must("rows", Rule::List(100, &Rule::List(20, &Any))), may("column_settings", Any)]),
    (
        "video",
        &[
            must("alt_text", Text(2000)),
            must("title", Plain(199)),
            must("thumbnail_url", URL),
            must("video_url", URL),
            may("title_url", URL),
            may("author_name", Text(49)),
            may("provider_name", Text(255)),
            may("provider_icon_url", URL),
            may("description", Plain(199)),
        ],
    ),
    ("file", &[must("external_id", Filled(255)), must("source", Word(&["remote"]))]),
    ("alert", &[must("text", Worded(3000)), may("level", Word(&["default", "info", "warning", "error", "success"]))]),
    ("card", CARD),
    ("carousel", &[must("elements", Rule::List(10, &Rule::Block))]),
    (
        "container",
        &[
            may("title", Plain(150)),
            may("rich_text_title", Any),
            may("subtitle", Worded(150)),
            must("child_blocks", Rule::List(10, &Rule::Block)),
            may("width", Any),
            may("icon", Element(&["image"])),
            may("is_collapsible", Flag),
            may("default_collapsed", Flag),
            may("has_header_divider", Flag),
        ],
    ),
    (
        "task_card",
        &[
            must("task_id", Filled(255)),
            must("title", Filled(3000)),
            must("status", Word(&["pending", "in_progress", "complete", "error"])),
            may("details", Rule::Block),
            may("output", Rule::Block),
            may("sources", Any),
        ],
    ),
    ("plan", &[must("title", Filled(3000)), may("tasks", Any)]),
];

/// The fields of a block.
pub(super) fn block(kind: &str) -> Option<Shape> {
    find(BLOCKS, kind)
}

const RICH_TEXT_PART: Shape = &[
    must("elements", Rule::List(usize::MAX, &Any)),
    may("style", Any),
    may("indent", Number),
    may("offset", Number),
    may("border", Number),
    may("language", Text(255)),
];

fn find(shapes: &[(&str, Shape)], kind: &str) -> Option<Shape> {
    shapes.iter().find(|(name, _)| *name == kind).map(|(_, shape)| *shape)
}

/// Of some fields, one is needed: which, and how Slack says so.
pub(super) fn either(kind: &str) -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
    let needed: &'static [&'static str] = match kind {
        "section" => &["text", "fields"],
        "image" => &["image_url", "slack_file"],
        "static_select" | "multi_static_select" => &["options", "option_groups"],
        "card" => &["hero_image", "title", "body", "actions"],
        "container" => &["title", "rich_text_title"],
        _ => &[],
    };
    (!needed.is_empty()).then_some((needed, "must have one of")).into_iter()
}

/// "View object", of a modal.
pub(super) const MODAL: Shape = &[
    must("title", Plain(24)),
    must("blocks", Any),
    may("close", Plain(24)),
    may("submit", Plain(24)),
    may("private_metadata", Text(3000)),
    may("callback_id", Text(255)),
    may("clear_on_close", Flag),
    may("notify_on_close", Flag),
    may("external_id", Text(255)),
    may("submit_disabled", Flag),
];

/// "View object", of a Home tab.
pub(super) const HOME: Shape =
    &[must("blocks", Any), may("private_metadata", Text(3000)), may("callback_id", Text(255)), may("external_id", Text(255))];
