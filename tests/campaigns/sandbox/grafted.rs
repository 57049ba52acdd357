//! What no compiler makes: endless loops where nobody looks for one, and tables that grow.

use crate::figure::Figures;
use crate::graft::{Site, graft};
use crate::house::{HERE, House, Manners};
use crate::size::Size;
use crate::support::bytes;
use hatstand::plugins::limits::Limits;
use std::time::{Duration, Instant};
use wasm_encoder::{BlockType, Function, HeapType};

/// Where it does not come to an end before it comes in.
const NEVER_IN: [(&str, Site); 2] = [("in its start", Site::Start), ("in its description", Site::Export("#describe"))];

/// What is said when the file is put into the folder.
const REFUSAL: &str = "bomber.wasm failed while describing itself: it computed for more than 1s";

pub fn run(size: Size) {
    let bomber = bytes("bomber");
    describing(size, &bomber);
    handling(size, &bomber);
}

/// What does not come in, because it does not come to an end before. It always has a whole second.
fn describing(size: Size, bomber: &[u8]) {
    let each = size.of(1, 100);
    let figures = Figures::of("grafted", format!("{each} of each"));
    let mut house = House::open(&["greeter"], &Manners::default());
    for (wher, site) in NEVER_IN {
        let file = graft(bomber, site, &[endless()]);
        let mut worst = Duration::ZERO;
        for _ in 0..each {
            let began = Instant::now();
            let news = house.put("bomber.wasm", &file);
            worst = worst.max(began.elapsed());
            assert_eq!(news, REFUSAL);
            house.remove("bomber.wasm");
        }
        figures.at_most(&format!("does not come to an end {wher}: until it was refused"), worst, Duration::from_secs(10));
    }
    house.close();
}

/// What comes in, and is ended when it is used.
fn handling(size: Size, bomber: &[u8]) {
    let each = size.of(1, 1_000);
    let figures = Figures::of("grafted", format!("{each} of each"));
    // A thousand seconds of endless loops teach no more than a hundred.
    let limits = Limits { time: size.of(Duration::from_secs(1), Duration::from_millis(100)), ..Limits::default() };
    let admitted = [
        ("in its allocator", Site::Export("cabi_realloc"), endless(), "too-slow"),
        ("while it handles", Site::Export("#handle"), endless(), "too-slow"),
        ("made by the slower compiler", Site::Export("#handle"), endless_and_relaxed(), "too-slow"),
        ("until its table is full", Site::Export("#handle"), growing(), "too-many-elements"),
    ];
    for (what, site, function, outcome) in admitted {
        // A build is tried with what its plugin was given before: here nothing was.
        let mut house = House::open(&["greeter"], &Manners::default());
        house.limit("bomber", limits);
        let news = house.put("bomber.wasm", &graft(bomber, site, &[function]));
        assert!(news.contains("bomber 0.1.0 is live"), "{what}: {news}");
        let mut worst = Duration::ZERO;
        for _ in 0..each {
            let answer = house.ask(HERE, "bomb recall");
            assert_eq!(answer.outcome, outcome, "{what}: {}", answer.detail);
            worst = worst.max(answer.took);
        }
        figures.at_most(&format!("{what}: the slowest end"), worst, limits.time + Duration::from_secs(2));
        assert_eq!(house.ask(HERE, "greetings").outcome, "ok");
        house.close();
    }
}

fn endless() -> Function {
    let mut function = Function::new([]);
    function.instructions().loop_(BlockType::Empty).br(0).end().unreachable().end();
    function
}

/// With an instruction that the quick compiler does not take.
fn endless_and_relaxed() -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.loop_(BlockType::Empty).v128_const(1).v128_const(2).i8x16_relaxed_swizzle().drop().br(0).end().unreachable().end();
    function
}

fn growing() -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.loop_(BlockType::Empty).ref_null(HeapType::FUNC).i32_const(100).table_grow(0).drop().br(0).end().unreachable().end();
    function
}
