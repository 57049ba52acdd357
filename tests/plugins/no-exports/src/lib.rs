//! Built for the bot, but never registered: there is no `#[derive(Plugin)]`.

/// Something to be exported, so that it is a library at all.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> u32 {
    42
}
