use hatstand_plugin::prelude::*;

#[derive(Choice)]
enum Size {
    Small,
    Exactly(u32),
}

#[derive(Choice)]
enum Twice {
    Small,
    #[choice("SMALL")]
    Tiny,
}

fn main() {}
