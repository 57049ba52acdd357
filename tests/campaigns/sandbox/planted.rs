//! Native code that somebody else put where the host keeps its own: it is not run, and what was to be run is compiled.

use crate::figure::Figures;
use crate::house::{HERE, House, Manners};
use crate::size::Size;
use crate::support::private_folder;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::path::{Path, PathBuf};

pub fn run(size: Size) {
    let times = size.of(10, 100);
    let figures = Figures::of("planted", format!("{times} files"));
    let cache = private_folder();
    let manners = Manners { cache: Some(cache.path().to_owned()), ..Manners::default() };
    House::open(&["greeter"], &manners).close();
    let kept = compiled(cache.path());
    let good = fs::read(&kept).expect("it was kept");
    let mut chance = StdRng::seed_from_u64(2026);
    for number in 0..times {
        let mut planted = good.clone();
        match number % 4 {
            0 => planted[chance.random_range(0..good.len())] ^= 1 << chance.random_range(0..8),
            1 => planted.truncate(chance.random_range(0..good.len())),
            2 => planted.extend([0; 16]),
            _ => planted = vec![0x7f; good.len()],
        }
        fs::write(&kept, &planted).expect("written");
        let mut house = House::open(&["greeter"], &manners);
        assert_eq!(house.ask(HERE, "greetings").outcome, "ok", "{number}");
        house.close();
        assert!(fs::read(&kept).expect("it is there") == good, "{number}: it was compiled anew");
    }
    figures.show("planted and not run", times);
}

/// The one file that is kept.
fn compiled(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it can be read").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|of| of == "compiled")).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}
