//! What can be wrong with a webhook.

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{RngExt, rngs::StdRng};
use sha2::{Digest, Sha256};

use super::draft::{Draft, pick};
use crate::signature::{Signature, hex, hex_hmac};

/// What is wrong with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// There is no signature.
    Unsigned,
    /// The signature is empty, or only what stands before it.
    Empty,
    /// The good signature is there twice.
    Twice,
    /// A good and a bad one, in either order.
    GoodAndBad,
    /// A good and a bad one in one header, with a comma between them.
    Joined,
    /// Signed with another secret.
    OtherSecret,
    /// Signed with an empty secret.
    EmptySecret,
    /// Signed with a part of the secret, or with more.
    NearSecret,
    /// The good signature under another name.
    OtherName,
    /// As another service would show it.
    OtherScheme,
    /// One letter of it is another.
    Misspelt,
    /// It is cut.
    Cut,
    /// Something comes after it.
    Longer,
    /// It is in capitals, or in small letters.
    OtherCase,
    /// Digits that only look like digits.
    LookAlike,
    /// A blank in the middle.
    Blank,
    /// In quotes, brackets or percent signs.
    Wrapped,
    /// So long that nobody should read it.
    Huge,
    /// One bit of the body is another.
    BitFlip,
    /// The body ends early.
    BodyCut,
    /// Something comes after or before the body: a NUL, a line, a byte order mark.
    BodyLonger,
    /// There is no body.
    NoBody,
    /// The same JSON, written otherwise.
    Rewritten,
    /// Another state in the body.
    OtherState,
    /// More than a MiB of blanks after the body.
    BodyHuge,
    /// It names another algorithm.
    OtherAlgorithm,
    /// A plain hash of the body, or one with the secret before it.
    PlainHash,
    /// Secret and body change places.
    Swapped,
    /// The code of an empty body.
    OfNothing,
    /// In base64, or in hex, as the others have it.
    OtherAlphabet,
    /// Without what stands before the code.
    Bare,
    /// With another id than was signed.
    OtherId,
    /// With another time than was signed.
    OtherTime,
    /// Signed well, too long ago.
    Late,
    /// Signed well, for later.
    Early,
    /// Without its id or its time.
    NoPart,
    /// Its id or its time twice.
    PartTwice,
    /// As another version of the signature.
    OtherVersion,
}

impl Flaw {
    /// All of them.
    pub const ALL: &[Flaw] = &[
        Flaw::Unsigned,
        Flaw::Empty,
        Flaw::Twice,
        Flaw::GoodAndBad,
        Flaw::Joined,
        Flaw::OtherSecret,
        Flaw::EmptySecret,
        Flaw::NearSecret,
        Flaw::OtherName,
        Flaw::OtherScheme,
        Flaw::Misspelt,
        Flaw::Cut,
        Flaw::Longer,
        Flaw::OtherCase,
        Flaw::LookAlike,
        Flaw::Blank,
        Flaw::Wrapped,
        Flaw::Huge,
        Flaw::BitFlip,
        Flaw::BodyCut,
        Flaw::BodyLonger,
        Flaw::NoBody,
        Flaw::Rewritten,
        Flaw::OtherState,
        Flaw::BodyHuge,
        Flaw::OtherAlgorithm,
        Flaw::PlainHash,
        Flaw::Swapped,
        Flaw::OfNothing,
        Flaw::OtherAlphabet,
        Flaw::Bare,
        Flaw::OtherId,
        Flaw::OtherTime,
        Flaw::Late,
        Flaw::Early,
        Flaw::NoPart,
        Flaw::PartTwice,
        Flaw::OtherVersion,
    ];

    /// Whether it can be in what is signed this way. Who shows the secret itself says nothing of the body.
    pub fn can_be(self, signature: Signature) -> bool {
        let is_standard = signature == Signature::GitLabSigned;
        let is_hex = matches!(signature, Signature::GitHub | Signature::Hmac);
        match self {
            Flaw::BitFlip
            | Flaw::BodyCut
            | Flaw::BodyLonger
            | Flaw::NoBody
            | Flaw::Rewritten
            | Flaw::OtherState
            | Flaw::BodyHuge
            | Flaw::PlainHash
            | Flaw::Swapped
            | Flaw::OfNothing
            | Flaw::OtherAlphabet => is_hex || is_standard,
            Flaw::OtherAlgorithm => is_hex,
            Flaw::Bare => signature != Signature::GitLabToken,
            Flaw::OtherId | Flaw::OtherTime | Flaw::Late | Flaw::Early | Flaw::NoPart | Flaw::PartTwice | Flaw::OtherVersion => is_standard,
            _ => true,
        }
    }

    pub(super) fn put_into(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        match self {
            Flaw::Unsigned | Flaw::Empty | Flaw::Twice | Flaw::GoodAndBad | Flaw::Joined => self.miscount(draft, random),
            Flaw::OtherSecret | Flaw::EmptySecret | Flaw::NearSecret => self.sign_wrongly(draft, random),
            Flaw::OtherName | Flaw::OtherScheme => self.misplace(draft, random),
            Flaw::Misspelt | Flaw::Cut | Flaw::Longer | Flaw::OtherCase | Flaw::LookAlike | Flaw::Blank | Flaw::Wrapped | Flaw::Huge => {
                self.misspell(draft, random);
            }
            Flaw::BitFlip | Flaw::BodyCut | Flaw::BodyLonger | Flaw::NoBody | Flaw::Rewritten | Flaw::OtherState | Flaw::BodyHuge => {
                self.change_body(draft, random);
            }
            Flaw::OtherAlgorithm | Flaw::PlainHash | Flaw::Swapped | Flaw::OfNothing | Flaw::OtherAlphabet | Flaw::Bare => {
                self.compute_wrongly(draft, random);
            }
            Flaw::OtherId | Flaw::OtherTime | Flaw::Late | Flaw::Early | Flaw::NoPart | Flaw::PartTwice | Flaw::OtherVersion => {
                self.break_standard(draft, random);
            }
        }
    }

    fn miscount(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let (name, good, bad) = (draft.name(), draft.value(), draft.misspelt(random));
        let before = good[..good.len() - draft.code().len()].to_owned();
        draft.remove(name);
        match self {
            Flaw::Empty => draft.add(name, pick(&[String::new(), before], random)),
            Flaw::Twice => (0..random.random_range(2..5)).for_each(|_| draft.add(name, &good)),
            Flaw::GoodAndBad => {
                let values = if random.random() { [good, bad] } else { [bad, good] };
                values.into_iter().for_each(|value| draft.add(name, value));
            }
            Flaw::Joined => {
                let between = pick(&[",", ", ", ";"], random);
                let value = if random.random() { format!("{good}{between}{bad}") } else { format!("{bad}{between}{good}") };
                draft.add(name, value);
            }
            _ => {}
        }
    }

    fn sign_wrongly(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let (signature, secret) = (draft.seal.signature, draft.seal.secret);
        let cut = random.random_range(1..secret.len());
        let wrong = match self {
            Flaw::EmptySecret => String::new(),
            Flaw::NearSecret => {
                pick(&[secret[..cut].to_owned(), secret[cut..].to_owned(), format!("{secret}{secret}"), format!("{secret}A")], random)
                    .clone()
            }
            _ => BASE64_STANDARD.encode(random.random::<[u8; 32]>()),
        };
        let is_standard = signature == Signature::GitLabSigned;
        let wrong = if is_standard && !wrong.starts_with("whsec_") { format!("whsec_{wrong}") } else { wrong };
        draft.sign(signature, &wrong, 0);
    }

    fn misplace(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let (name, good) = (draft.name(), draft.value());
        for name in draft.seal.signature.names() {
            draft.remove(name);
        }
        if self == Flaw::OtherName {
            let swapped = name.replace('-', "_");
            let names = ["X-Hub-Signature", "X-Signature", "Signature", "X-Webhook-Signature", "Proxy-Authorization", "X-Token", &swapped];
            return draft.add(pick::<&str>(&names, random), good);
        }
        let others =
            [Signature::GitHub, Signature::Hmac, Signature::GitLabToken, Signature::GitLabSigned, Signature::Bearer, Signature::Basic];
        let others: Vec<Signature> = others.into_iter().filter(|other| *other != draft.seal.signature).collect();
        draft.sign(*pick(&others, random), draft.seal.secret, 0);
    }

    fn misspell(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let (value, code) = (draft.value(), draft.code());
        let before = value[..value.len() - code.len()].to_owned();
        let place = random.random_range(1..code.len());
        let wrong = match self {
            Flaw::Misspelt => draft.misspelt(random),
            Flaw::Cut => pick(&[format!("{before}{}", &code[..place]), format!("{before}{}", &code[place..])], random).clone(),
            Flaw::Longer => format!("{value}{}", pick(&["0", "00", "=", "a", &code, "\u{a0}", "%00", "\\0"], random)),
            Flaw::OtherCase if code.chars().any(char::is_lowercase) => format!("{before}{}", code.to_ascii_uppercase()),
            Flaw::OtherCase => format!("{before}{}", code.to_ascii_lowercase()),
            Flaw::LookAlike => format!("{before}{}", look_alike(&code)),
            Flaw::Blank => format!("{before}{}{}{}", &code[..place], pick(&[" ", "\t", "  "], random), &code[place..]),
            Flaw::Wrapped => {
                let (left, right) = pick(&[("\"", "\""), ("<", ">"), ("'", "'"), ("{", "}"), ("%22", "%22")], random);
                format!("{before}{left}{code}{right}")
            }
            _ => format!("{before}{}", code.repeat(random.random_range(100..2_000) * 64 / code.len().max(1) + 2)),
        };
        draft.set(wrong);
    }

    fn change_body(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let body = &mut draft.body;
        let place = random.random_range(0..body.len());
        match self {
            Flaw::BitFlip => body[place] ^= 1 << random.random_range(0..8),
            Flaw::BodyCut => body.truncate(place),
            Flaw::NoBody => body.clear(),
            Flaw::BodyHuge => body.resize(body.len() + (1 << 20), b' '),
            Flaw::Rewritten => *body = rewritten(body, random),
            Flaw::OtherState => *body = other_state(body, random),
            _ => {
                let more = *pick(&[&b"\0"[..], b" ", b"\n", b"\r\n", b"{}", b"\xEF\xBB\xBF", b"\xFF"], random);
                *body = if random.random() { [more, body].concat() } else { [&body[..], more].concat() };
            }
        }
    }

    fn compute_wrongly(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let (code, secret) = (draft.code(), draft.seal.secret.as_bytes().to_vec());
        let before = draft.value()[..draft.value().len() - code.len()].to_owned();
        let wrong = match self {
            Flaw::OtherAlgorithm => {
                format!("{}{code}", pick(&["sha1=", "sha512=", "md5=", "none=", "SHA256=", "sha-256=", "sha256:", "hmac="], random))
            }
            Flaw::PlainHash => {
                let hash = if random.random() { Sha256::digest(&draft.body) } else { Sha256::digest([&secret[..], &draft.body].concat()) };
                format!(
                    "{before}{}",
                    if draft.seal.signature == Signature::GitLabSigned { BASE64_STANDARD.encode(hash) } else { hex(&hash) }
                )
            }
            Flaw::Swapped => format!("{before}{}", hex_hmac(&String::from_utf8_lossy(&draft.body), &secret)),
            Flaw::OfNothing => {
                let body = std::mem::take(&mut draft.body);
                draft.sign(draft.seal.signature, draft.seal.secret, 0);
                draft.body = body;
                return;
            }
            Flaw::OtherAlphabet if draft.seal.signature == Signature::GitLabSigned => {
                format!("{before}{}", hex(&BASE64_STANDARD.decode(&code).unwrap_or_default()))
            }
            Flaw::OtherAlphabet => format!("{before}{}", BASE64_STANDARD.encode(unhex(&code))),
            _ => code,
        };
        draft.set(wrong);
    }

    fn break_standard(self, draft: &mut Draft<'_>, random: &mut StdRng) {
        let seal = draft.seal;
        let time = draft.header("webhook-timestamp");
        let part = *pick(&["webhook-id", "webhook-timestamp"], random);
        match self {
            Flaw::OtherId => draft.replace("webhook-id", format!("{:032x}", random.random::<u128>())),
            Flaw::OtherTime => {
                let near = (seal.now.as_second() + random.random_range(1..200)).to_string();
                let times = [
                    near,
                    format!("{time}.0"),
                    format!("+{time}"),
                    format!("0{time}"),
                    format!("{time}000"),
                    "now".to_owned(),
                    String::new(),
                    "-1".to_owned(),
                ];
                draft.replace("webhook-timestamp", pick(&times, random));
            }
            Flaw::Late => draft.sign(seal.signature, seal.secret, -random.random_range(301..1_000_000)),
            Flaw::Early => draft.sign(seal.signature, seal.secret, random.random_range(301..1_000_000)),
            Flaw::NoPart => draft.remove(part),
            Flaw::PartTwice => draft.add(part, draft.header(part)),
            _ => draft.set(format!("{}{}", pick(&["v2,", "v0,", "v1a,", "V1,", "v1=", "v1;", "v1, "], random), draft.code())),
        }
    }
}

/// Full-width letters, which some decoders take for what they look like.
fn look_alike(code: &str) -> String {
    let wide = |letter: char| if letter.is_ascii_digit() { char::from_u32(letter as u32 + 0xFEE0).unwrap_or(letter) } else { letter };
    let widened: String = code.chars().map(wide).collect();
    // A code without a digit has at least a letter that looks like another alphabet's.
    if widened == code { code.replace('a', "\u{430}").replace('e', "\u{435}").replace('o', "\u{43e}") } else { widened }
}

/// The same values with other blanks, or in another order.
fn rewritten(body: &[u8], random: &mut StdRng) -> Vec<u8> {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return [body, b" "].concat() };
    match random.random_range(0..3) {
        0 => serde_json::to_vec_pretty(&value).unwrap_or_default(),
        1 => value.to_string().replace("\":", "\": ").into_bytes(),
        _ => value.to_string().replace('/', "\\/").into_bytes(),
    }
}

fn other_state(body: &[u8], random: &mut StdRng) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let states =
        ["success", "failure", "failed", "running", "pending", "queued", "in_progress", "firing", "resolved", "SUCCESS", "FAILURE"];
    let there: Vec<&str> = states.into_iter().filter(|state| text.contains(&format!("\"{state}\""))).collect();
    match there.first() {
        Some(state) => text.replace(&format!("\"{state}\""), &format!("\"{}\"", pick(&states, random))).into_bytes(),
        None => text.replacen('1', "2", 1).into_bytes(),
    }
}

fn unhex(code: &str) -> Vec<u8> {
    (0..code.len() / 2).filter_map(|place| u8::from_str_radix(code.get(place * 2..place * 2 + 2)?, 16).ok()).collect()
}
