//! Bytes in JSON as the text that they most often are: shorter, and people can read it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Legible<'b> {
    Text(std::borrow::Cow<'b, str>),
    Bytes(std::borrow::Cow<'b, [u8]>),
}

pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    let legible = match std::str::from_utf8(bytes) {
        Ok(text) => Legible::Text(text.into()),
        Err(_) => Legible::Bytes(bytes.into()),
    };
    legible.serialize(to)
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    Ok(match Legible::deserialize(from)? {
        Legible::Text(text) => text.into_owned().into_bytes(),
        Legible::Bytes(bytes) => bytes.into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        for bytes in [b"{\"holder\":\"ann\"}".to_vec(), vec![0xff, 0, 1], Vec::new()] {
            let mut json = Vec::new();
            serialize(&bytes, &mut serde_json::Serializer::new(&mut json)).expect("it can be written");
            let back = deserialize(&mut serde_json::Deserializer::from_slice(&json)).expect("it can be read");
            assert_eq!(back, bytes, "{}", String::from_utf8_lossy(&json));
        }
    }
}
