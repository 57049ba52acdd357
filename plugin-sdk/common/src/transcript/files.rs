//! Transcripts as files.

use super::{Report, Script, Stage, run};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Set, it lets [`run_file`] rewrite expectations.
const UPDATE: &str = "UPDATE_TRANSCRIPTS";

/// Plays the transcript in a file, for a test.
///
/// # Panics
///
/// If the file is no transcript, or anything comes otherwise than expected: with the report. With `UPDATE_TRANSCRIPTS=1` in the
/// environment, the expectations in the file are rewritten instead.
#[track_caller]
pub fn run_file(path: impl AsRef<Path>, stage: &mut (impl Stage + ?Sized)) {
    let update = env::var_os(UPDATE).is_some_and(|value| !value.is_empty() && value != "0");
    if let Err(why) = play(path.as_ref(), stage, update) {
        panic!("{why}");
    }
}

/// The transcripts in a folder: every file that ends in `.txt`, sorted.
pub fn files(folder: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

fn play(path: &Path, stage: &mut (impl Stage + ?Sized), update: bool) -> Result<(), String> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let script = Script::parse(&text).map_err(|error| format!("{name}:{}: {}", error.line, error.why))?.named(name.to_string());
    let report = run(&script, stage);
    match report.passed() {
        true => Ok(()),
        false if update && report.stopped().is_none() => rewrite(path, &report),
        false => Err(format!("{report}\n{UPDATE}=1 rewrites the expectations; review the difference.")),
    }
}

fn rewrite(path: &Path, report: &Report<'_>) -> Result<(), String> {
    fs::write(path, report.blessed()).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::super::{Directive, Line, Room};
    use super::*;

    /// Nobody is there.
    struct Silence;

    impl Stage for Silence {
        fn say(&mut self, _: &Room, _: &str, _: &str) -> Result<Vec<Line>, String> {
            Ok(Vec::new())
        }

        fn direct(&mut self, _: &Directive) -> Result<Vec<Line>, String> {
            Err("nobody is there".to_owned())
        }
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Folder {
            let path = env::temp_dir().join(format!("hatstand-transcript-{}-{test}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn file(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_transcripts_of_a_folder_are_sorted() {
        let folder = Folder::new("sorted");
        let [b, a] = ["b.txt", "a.txt"].map(|name| folder.file(name, ""));
        folder.file("notes.md", "");
        assert_eq!(files(&folder.0).unwrap(), [a, b]);
    }

    #[test]
    fn a_file_is_rewritten_only_when_asked() {
        let folder = Folder::new("rewritten");
        let path = folder.file("a.txt", "#dev\njane> hi\nbot> hello\n\n# the end\n");
        let why = play(&path, &mut Silence, false).unwrap_err();
        assert!(why.starts_with(&format!("{}:3: ", path.display())), "{why}");
        play(&path, &mut Silence, true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "#dev\njane> hi\n\n# the end\n");
        play(&path, &mut Silence, false).unwrap();
    }

    #[test]
    fn a_file_is_not_rewritten_if_the_stage_stopped() {
        let folder = Folder::new("stopped");
        let path = folder.file("a.txt", "#dev\njane> hi\nbot> hello\n--- restart\n");
        let why = play(&path, &mut Silence, true).unwrap_err();
        assert!(why.contains(":4: cannot go on: nobody is there"), "{why}");
        assert!(fs::read_to_string(&path).unwrap().contains("bot> hello"));
    }

    #[test]
    #[should_panic(expected = "a.txt:1: who says this?")]
    fn a_file_that_is_no_transcript_is_named() {
        let folder = Folder::new("named");
        run_file(folder.file("a.txt", "hello\n"), &mut Silence);
    }
}
