use hatstand_plugin::prelude::*;

#[derive(Settings)]
struct Undocumented {
    limit: Option<u32>,
}

#[derive(Settings)]
struct NeverUnset {
    /// How many.
    #[setting(default = 3)]
    limit: Option<u32>,
}

#[derive(Settings)]
struct NotTypeable {
    /// How much.
    ratio: f64,
}

fn main() {}
