use hatstand_plugin::prelude::*;

#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {}

fn main() {}
