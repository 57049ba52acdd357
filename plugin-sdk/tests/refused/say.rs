use hatstand_plugin::prelude::*;

struct Hat;

fn main() {
    let name = "Ann";
    say!("{} and {}", name);
    say!("Hello", name);
    say!("{name:?}");
    say!("Hello {", name);
    say!(name);
    say!("{}", Hat);
}
