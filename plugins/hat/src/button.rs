//! What a button of the hat carries, so that it means one hold, offer or question and nothing that came later.

use hatstand_plugin::prelude::*;
use turns::Id;

/// What a button is about: something of the hat of a channel, and for some buttons a length of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub channel: Channel,
    pub id: Id,
    pub minutes: Option<u64>,
}

impl About {
    pub fn new(channel: &Channel, id: Id) -> Self {
        Self { channel: channel.clone(), id, minutes: None }
    }

    pub fn minutes(self, minutes: u64) -> Self {
        Self { minutes: Some(minutes), ..self }
    }

    /// What the button for a handler carries.
    pub fn pressed(&self, handler: &str) -> String {
        let Self { channel, id, minutes } = self;
        let minutes = minutes.map(|minutes| format!(" {minutes}")).unwrap_or_default();
        format!("{handler}:{channel} {id}{minutes}")
    }

    /// Reads what came back, without the handler's name.
    pub fn read(rest: &str) -> Result<Self> {
        let mut parts = rest.split(' ');
        let channel = parts.next().filter(|channel| !channel.is_empty());
        let id = parts.next().and_then(|id| id.parse().ok());
        let minutes = parts.next().and_then(|minutes| minutes.parse().ok());
        match (channel, id) {
            (Some(channel), Some(id)) => Ok(Self { channel: channel.into(), id: Id(id), minutes }),
            _ => Err(Error::broken(format_args!("a button carries `{rest}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_back() {
        let dev = Channel::from("dev");
        for about in [About::new(&dev, Id(3)), About::new(&dev, Id(4)).minutes(30)] {
            let pressed = about.pressed("extend");
            assert_eq!(About::read(pressed.strip_prefix("extend:").unwrap()).unwrap(), about);
        }
        assert_eq!(About::new(&dev, Id(3)).pressed("off"), "off:dev 3");
    }

    #[test]
    fn anything_else_is_broken() {
        assert!(["", "dev", "dev x", " 3"].iter().all(|rest| matches!(About::read(rest), Err(Error::Broken(_)))));
    }
}
