//! The ways in which a file comes into the folder.

use crate::operator::Operator;
use rand::RngExt;
use rand::rngs::StdRng;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::thread;
use std::time::{Instant, SystemTime};

/// How it can be noticed that something came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// By the name, all at once.
    Renamed,
    /// When the last byte is there, and the file is in the folder itself.
    InPlace,
    /// Not at all: it is found when the host looks by itself.
    Unseen,
}

/// A way: what is done, and when its last byte was there, if something new came of it.
pub type Way = fn(&mut Operator, &mut StdRng) -> Option<(Notice, Instant)>;

/// All ways, each so many times among a hundred.
pub const WAYS: [(&str, usize, Way); 12] = [
    ("renamed over", 16, renamed_over),
    ("copied slowly", 16, copied_slowly),
    ("cut off", 12, cut_off),
    ("written in place", 10, written_in_place),
    ("touched", 8, touched),
    ("linked", 8, linked),
    ("linked by name", 8, linked_by_name),
    ("removed and there again", 6, removed),
    ("a storm of names", 6, storm_of_names),
    ("a storm while it is read", 6, storm_while_read),
    ("behind a link", 2, behind_a_link),
    ("another folder", 2, another_folder),
];

fn renamed_over(operator: &mut Operator, _: &mut StdRng) -> Option<(Notice, Instant)> {
    let build = operator.next();
    operator.put(&build);
    Some((Notice::Renamed, Instant::now()))
}

fn copied_slowly(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let (before, build) = (operator.live(), operator.next());
    let mut file = File::create(operator.file()).expect("truncated");
    let pieces: Vec<&[u8]> = build.chunks(build.len() / chance.random_range(2..=8) + 1).collect();
    let (last, first) = pieces.split_last().expect("there is one");
    for piece in first {
        file.write_all(piece).expect("written");
        if chance.random() {
            operator.refuses_and_keeps(before);
        }
    }
    file.write_all(last).expect("written");
    drop(file);
    Some((in_place(operator), Instant::now()))
}

/// The copy ends in the middle, and nothing follows for as long as anybody looks; then it is done well.
fn cut_off(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let (before, build) = (operator.live(), operator.next());
    fs::write(operator.file(), &build[..chance.random_range(0..build.len())]).expect("written");
    operator.refuses_and_keeps(before);
    operator.put(&build);
    Some((Notice::Renamed, Instant::now()))
}

/// Over the bytes that are there, without making the file empty first.
fn written_in_place(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let build = operator.next();
    let mut file = OpenOptions::new().write(true).open(operator.file()).expect("it is there");
    for piece in build.chunks(build.len() / chance.random_range(1..=8) + 1) {
        file.write_all(piece).expect("written");
    }
    drop(file);
    Some((in_place(operator), Instant::now()))
}

/// Nothing is new.
fn touched(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let before = operator.live();
    for _ in 0..chance.random_range(1..=50) {
        let file = OpenOptions::new().write(true).open(operator.file()).expect("it is there");
        file.set_modified(SystemTime::now()).expect("touched");
    }
    operator.keeps(before);
    None
}

fn linked(operator: &mut Operator, _: &mut StdRng) -> Option<(Notice, Instant)> {
    let elsewhere = operator.bot.beside("linked");
    let build = operator.next();
    // What was linked before keeps its bytes.
    drop(fs::remove_file(&elsewhere));
    fs::write(&elsewhere, build).expect("written");
    fs::remove_file(operator.file()).expect("removed");
    fs::hard_link(&elsewhere, operator.file()).expect("linked");
    Some((Notice::Renamed, Instant::now()))
}

fn linked_by_name(operator: &mut Operator, _: &mut StdRng) -> Option<(Notice, Instant)> {
    let (elsewhere, link) = (operator.bot.beside(&format!("named {}", operator.live())), operator.bot.beside("link"));
    let build = operator.next();
    fs::write(&elsewhere, build).expect("written");
    std::os::unix::fs::symlink(&elsewhere, &link).expect("linked");
    fs::rename(link, operator.file()).expect("renamed");
    Some((Notice::Renamed, Instant::now()))
}

fn removed(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    fs::remove_file(operator.file()).expect("removed");
    renamed_over(operator, chance)
}

/// Many builds, each over the one before, faster than any of them can be compiled.
fn storm_of_names(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    for _ in 0..chance.random_range(2..=20) {
        let build = operator.next();
        operator.put(&build);
    }
    Some((Notice::Renamed, Instant::now()))
}

/// The file changes between looking and reading, and while it is read.
fn storm_while_read(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let builds: Vec<Vec<u8>> = (0..chance.random_range(2..=8)).map(|_| operator.next()).collect();
    let (file, new) = (operator.file(), operator.bot.beside("storm"));
    let by_name = chance.random();
    let notice = if by_name { Notice::Renamed } else { in_place(operator) };
    let storm = thread::spawn(move || {
        for build in builds {
            if by_name {
                fs::write(&new, build).and_then(|()| fs::rename(&new, &file)).expect("renamed");
            } else {
                OpenOptions::new().write(true).open(&file).and_then(|mut file| file.write_all(&build)).expect("written");
            }
        }
        Instant::now()
    });
    while !storm.is_finished() {
        operator.bot.practice.look().expect("it goes on");
    }
    Some((notice, storm.join().expect("all were written")))
}

/// Whoever writes through a link by name writes elsewhere.
fn in_place(operator: &Operator) -> Notice {
    if operator.file().is_symlink() { Notice::Unseen } else { Notice::InPlace }
}

/// What the name in the folder stands for is replaced elsewhere: nothing happens in the folder.
fn behind_a_link(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    linked_by_name(operator, chance);
    operator.until_live();
    let behind = fs::read_link(operator.file()).expect("it is a link");
    let (build, new) = (operator.next(), operator.bot.beside("behind"));
    fs::write(&new, build).and_then(|()| fs::rename(new, behind)).expect("renamed");
    Some((Notice::Unseen, Instant::now()))
}

/// The folder itself goes away and there is another one in its place, which is watched like the old one.
fn another_folder(operator: &mut Operator, chance: &mut StdRng) -> Option<(Notice, Instant)> {
    let before = operator.live();
    let (folder, old) = (operator.bot.path(""), operator.bot.beside("old"));
    fs::rename(&folder, &old).expect("renamed");
    operator.keeps(before);
    fs::create_dir(&folder).expect("a folder");
    fs::remove_dir_all(old).expect("removed");
    renamed_over(operator, chance);
    Some((Notice::Unseen, Instant::now()))
}
