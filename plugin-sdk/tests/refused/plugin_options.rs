use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
#[plugin(grants("chat:direct"))]
struct Greet;

#[commands]
impl Greet {}

/// Says hello.
#[derive(Plugin)]
#[plugin(name = "My Greeter")]
struct Greeter;

#[commands]
impl Greeter {}

fn main() {}
