//! Files in the folder of plugins.

use hatstand::plugins::inspect::inspect;

/// As much as is told of a file.
const SENTENCE: usize = 2_000;

/// Whatever a file is, it is told from the outside, and why it is not let in is one readable sentence.
pub fn check(input: &[u8]) {
    let inspected = inspect(input);
    assert_eq!(inspected, inspect(input), "the same again");
    match inspected {
        Ok(inspection) => assert!(inspection.exports.iter().any(|name| name.starts_with("hatstand:plugin/plugin@"))),
        Err(why) => {
            let sentence = why.to_string();
            assert!(!sentence.is_empty() && sentence.len() <= SENTENCE, "{} bytes", sentence.len());
            assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
        }
    }
}
