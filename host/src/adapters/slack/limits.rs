//! How much Slack takes, and with which of its pages each number comes.

/// Characters of a message's text. More is taken, but 4,000 are advised ("chat.postMessage method", Formatting messages).
pub const TEXT: usize = 4_000;

/// Blocks of a message ("Reference: Blocks").
pub const BLOCKS: usize = 50;

/// Blocks of a modal or a Home tab ("Reference: Blocks").
pub const VIEW_BLOCKS: usize = 100;

/// Characters of all blocks of a message together, as JSON. No page says it: `msg_blocks_too_long` was met from about 13,200 on, and how
/// Slack counts is not known (slackapi/bolt-js issues 2509 and 2867), so the largest count is kept.
pub const JSON: usize = 13_000;

/// Elements of an actions block ("Actions block").
pub const ACTIONS: usize = 25;

/// Characters of a button's text ("Button element") and of an option's ("Option object").
pub const LABEL: usize = 75;

/// Options of a select menu ("Select menu element").
pub const OPTIONS: usize = 100;

/// Characters of an option's value ("Option object").
pub const OPTION_VALUE: usize = 150;

/// Characters of a section's text ("Section block").
pub const SECTION: usize = 3_000;

/// Characters of a header ("Header block").
pub const HEADER: usize = 150;

/// Characters of an image's address ("Image block").
pub const ADDRESS: usize = 3_000;

/// Characters of an image's description ("Image block").
pub const ALT: usize = 2_000;

/// Characters of a modal's title and of its button ("Modal views").
pub const TITLE: usize = 24;

/// Characters of an input's label ("Input block").
pub const INPUT_LABEL: usize = 2_000;

/// Characters of what is filled into an input at first ("Plain-text input element").
pub const INITIAL: usize = 3_000;

/// Characters of what a view carries for us ("Modal views").
pub const METADATA: usize = 3_000;

/// Characters of `block_id` and `action_id` ("Reference: Blocks").
pub const ID: usize = 255;
