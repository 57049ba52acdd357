//! Compiling in a process of its own: whatever becomes of it is said, and nothing else comes of it.

mod support;

use hatstand::plugins::Compiler;
use hatstand::plugins::compiler::Bounds;
use support::{Bot, bytes, compiler};

/// A bot that compiles like this, with a greeter that was compiled before.
fn bot(compiler: Compiler) -> Bot {
    let mut bot = Bot::open(&["greeter"], |setup| {
        setup.watch = false;
        setup.compiler = compiler;
    });
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");
    bot
}

/// What is said when a plugin comes that nobody has compiled before; the others go on.
fn verdict(compiler: Compiler) -> String {
    // Whatever the other tests do, what this one begins with is there.
    drop(Bot::that_is_told(&["greeter"]));
    let mut bot = bot(compiler);
    bot.put("new.wasm", support::noted(bytes("counter"), &format!("{}", std::process::id())));
    let said = bot.looks().join("\n");
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 2 from greeter 0.1.0.");
    said
}

fn within(memory: usize) -> Compiler {
    Compiler::of(env!("CARGO_BIN_EXE_hatstand"), Bounds { memory, ..Bounds::default() })
}

#[test]
fn what_takes_too_much_memory_is_refused() {
    let said = verdict(within(8 << 20));
    assert_eq!(said, "new.wasm takes more than 8 MiB of memory to compile. Build it smaller, or set [limits.compile] memory");
}

#[test]
fn a_program_that_is_not_there_is_named_as_the_reason() {
    let said = verdict(Compiler::of("/nowhere/hatstand", Bounds::default()));
    let sentence = "new.wasm could not be compiled, because the compiler does not start (No such file or directory (os error 2)). Nothing was changed; touch the file to try again";
    assert_eq!(said, sentence);
}

#[test]
fn a_compiler_that_ends_without_a_word_is_a_crash() {
    let said = verdict(Compiler::of("/bin/false", Bounds::default()));
    let sentence =
        "new.wasm makes the compiler crash (exit status: 1; without a word). Nothing else was harmed; please report it with the file";
    assert_eq!(said, sentence);
}

#[test]
fn a_plugin_is_compiled_once_for_all() {
    let mut bot = bot(compiler());
    bot.put("new.wasm", bytes("counter"));
    assert_eq!(bot.looks(), ["counter00 0.1.0 is live"]);
    drop(bot);
    let mut bot = bot_of_nobody();
    bot.put("new.wasm", bytes("counter"));
    assert_eq!(bot.looks(), ["counter00 0.1.0 is live"]);
}

/// A bot whose compiler is not there.
fn bot_of_nobody() -> Bot {
    bot(Compiler::of("/nowhere/hatstand", Bounds::default()))
}
