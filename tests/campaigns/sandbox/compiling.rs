//! Small files that take much to compile: each comes in or is refused with a sentence, in bounded time and memory, and whoever talks to
//! the bot meanwhile does not notice.

use crate::figure::{Figures, quantile};
use crate::graft::{Site, graft};
use crate::house::{HERE, House, Manners, noticed};
use crate::memory;
use crate::size::Size;
use crate::support::{bytes, noted, private_folder};
use hatstand::plugins::compiler::Bounds;
use hatstand::plugins::limits::MIB;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use wasm_encoder::{BlockType, Function, ValType};

pub fn run(size: Size) {
    let bounds = size.of(Bounds { time: Duration::from_secs(1), memory: 128 * MIB }, Bounds::default());
    let scale = size.of(1, 10);
    let each = size.of(1, 10);
    let figures = Figures::of("compiling", format!("{each} of each, within {:?} and {} MiB", bounds.time, bounds.memory / MIB));
    let cache = private_folder();
    let manners = Manners { bounds, cache: Some(cache.path().to_owned()), ..Manners::default() };
    let mut house = House::open(&["greeter"], &manners);
    let bomber = bytes("bomber");
    let bombs = [
        ("straight on", straight_on(scale)),
        ("many variables", vec![variables(5_000 * scale)]),
        ("many functions", (0..20_000 * scale).map(|_| straight(1)).collect()),
        ("deeply nested", vec![nested(10_000 * scale)]),
        ("many branches", vec![branches(100 * scale)]),
    ];
    for (what, functions) in bombs {
        let (mut worst, mut refused) = (Duration::ZERO, 0);
        memory::forget_peak();
        let before = memory::resident();
        let file = graft(&bomber, Site::Nowhere, &functions);
        for number in 0..each {
            let began = Instant::now();
            let news = house.put("bomber.wasm", &noted(file.clone(), &number.to_string()));
            worst = worst.max(began.elapsed());
            let sentences = [
                "is live",
                "s of processor time to compile",
                "MiB of memory to compile",
                "makes the compiler crash",
                "could not be compiled",
            ];
            assert!(sentences.iter().any(|sentence| news.contains(sentence)), "{what}: {news}");
            refused += u32::from(!news.contains("is live"));
            if number == 0 {
                println!("{what}, {} KiB: {}", file.len() / 1024, news.lines().next().unwrap_or_default());
            }
            house.remove("bomber.wasm");
        }
        figures.show(&format!("{what}: refused"), refused);
        figures.at_most(&format!("{what}: the slowest verdict"), worst, bounds.time * 3 + Duration::from_secs(2));
        let risen = memory::peak().saturating_sub(before) / MIB;
        figures.show(&format!("{what}: MiB that the host grew by"), risen);
        assert_eq!(house.ask(HERE, "greetings").outcome, "ok");
    }
    beside(&mut house, &figures, &graft(&bomber, Site::Nowhere, &straight_on(scale)), size);
    house.close();
}

/// How long answers take while something is compiled, and while nothing is.
fn beside(house: &mut House, figures: &Figures, file: &[u8], size: Size) {
    const ASKED: usize = 100;
    let mut alone: Vec<Duration> = (0..ASKED).map(|_| house.answered_within(HERE, "greetings")).collect();
    let (mut meanwhile, mut seen) = (Vec::new(), BTreeMap::new());
    for number in 0..3 {
        let compiling = house.put_meanwhile("bomber.wasm", &noted(file.to_vec(), &format!("beside {number}")));
        while !compiling.is_finished() {
            meanwhile.push(house.answered_within(HERE, "greetings"));
            seen.extend(compilers());
        }
    }
    figures.show("answers given meanwhile", meanwhile.len());
    figures.show("processes that compiled, with nothing of the host in them", seen.len());
    assert!(!seen.is_empty() && seen.values().all(|left| *left == Left::default()), "{seen:?}");
    let alone = quantile(&mut alone, 0.99);
    figures.show("99 % of answers while nothing is compiled within", alone);
    figures.at_most("99 % of answers meanwhile within", quantile(&mut meanwhile, 0.99), noticed(size).max(alone * 2));
}

/// What a process has of whoever started it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Left {
    environment: String,
    /// Beyond the three that it is given.
    files: Vec<PathBuf>,
}

/// The processes that compile for this one, as the kernel shows them now.
fn compilers() -> BTreeMap<String, Left> {
    let processes =
        fs::read_dir("/proc").expect("the kernel shows them").filter_map(|process| process.ok()?.file_name().into_string().ok());
    processes.filter_map(|process| Some((process.clone(), left(&process)?))).collect()
}

/// None if it is another process, or has ended.
fn left(process: &str) -> Option<Left> {
    let about = |what: &str| fs::read_to_string(format!("/proc/{process}/{what}")).ok();
    let parent = about("stat")?.rsplit(')').next()?.split_whitespace().nth(1)?.parse();
    if parent != Ok(std::process::id()) || !about("cmdline")?.contains("compile\0--seconds") {
        return None;
    }
    let files = fs::read_dir(format!("/proc/{process}/fd")).ok()?.filter_map(|file| Some(file.ok()?.path()));
    let given = ["0", "1", "2"];
    let files = files.filter(|file| !given.iter().any(|name| file.ends_with(name))).collect();
    Some(Left { environment: about("environ")?, files })
}

/// As long as a function may be, or nearly so.
fn straight_on(functions: usize) -> Vec<Function> {
    (0..functions).map(|_| straight(500_000)).collect()
}

/// One instruction after another, so many times two.
fn straight(pairs: usize) -> Function {
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    for number in 0..pairs {
        code.local_get(0).i32_const(i32::try_from(number).expect("it fits")).i32_mul().local_set(0);
    }
    code.unreachable().end();
    function
}

/// So many variables, all of which are needed until the end.
fn variables(count: usize) -> Function {
    let count = u32::try_from(count.min(49_999)).expect("it fits");
    let mut function = Function::new([(count, ValType::I64)]);
    let mut code = function.instructions();
    for number in 0..count {
        code.local_get(number / 2).i64_const(i64::from(number)).i64_add().local_set(number);
    }
    code.loop_(BlockType::Empty);
    for number in 1..count {
        code.local_get(number).local_get(number - 1).i64_xor().local_set(number - 1);
    }
    code.br(0).end().unreachable().end();
    function
}

/// Blocks in blocks.
fn nested(depth: usize) -> Function {
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    (0..depth).for_each(|_| {
        code.loop_(BlockType::Empty).local_get(0).br_if(0);
    });
    (0..depth).for_each(|_| {
        code.end();
    });
    code.unreachable().end();
    function
}

/// Choices among many ways, so many times.
fn branches(tables: usize) -> Function {
    const WAYS: u32 = 1_000;
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    (0..WAYS).for_each(|_| {
        code.block(BlockType::Empty);
    });
    for _ in 0..tables {
        code.block(BlockType::Empty).local_get(0).br_table(0..WAYS, 0).end();
    }
    (0..WAYS).for_each(|_| {
        code.local_get(0).i32_const(1).i32_add().local_set(0).end();
    });
    code.unreachable().end();
    function
}
