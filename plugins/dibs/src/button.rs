//! What a button of dibs carries, so that it means one thing and one hold, offer or pass of it, and nothing that came later.

use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use turns::Id;

/// What a button is about, and for some buttons a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub channel: Channel,
    pub thing: ThingId,
    /// The hold, offer or pass.
    pub id: Id,
    pub moment: Option<Instant>,
    pub period: Option<Duration>,
}

impl About {
    pub fn new(channel: &Channel, thing: ThingId, id: Id) -> Self {
        Self { channel: channel.clone(), thing, id, moment: None, period: None }
    }

    pub fn moment(self, moment: Instant) -> Self {
        Self { moment: Some(moment), ..self }
    }

    pub fn period(self, period: Duration) -> Self {
        Self { period: Some(period), ..self }
    }

    /// What the button for a handler carries.
    pub fn pressed(&self, handler: &str) -> String {
        let Self { channel, thing, id, moment, period } = self;
        let moment = moment.map(|moment| format!(" at {}", moment.millis())).unwrap_or_default();
        let period = period.map(|period| format!(" for {}", period.as_secs())).unwrap_or_default();
        format!("{handler}:{channel} {thing} {id}{moment}{period}")
    }

    /// Reads what came back, without the handler's name.
    pub fn read(rest: &str) -> Result<Self> {
        let broken = || Error::broken(format_args!("a button carries `{rest}`"));
        let mut parts = rest.split(' ');
        let channel = parts.next().filter(|channel| !channel.is_empty()).ok_or_else(broken)?;
        let mut number = || parts.next().and_then(|number| number.parse().ok()).ok_or_else(broken);
        let mut about = Self::new(&channel.into(), ThingId(number()?), Id(number()?));
        while let Some(kind) = parts.next() {
            let number: u64 = parts.next().and_then(|number| number.parse().ok()).ok_or_else(broken)?;
            match kind {
                "at" => about.moment = Some(Instant(number)),
                "for" => about.period = Some(Duration::from_secs(number)),
                _ => return Err(broken()),
            }
        }
        Ok(about)
    }
}

/// What a button carries that gets somebody something, or a place in its queue, also when the thing went with the last who had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    pub channel: Channel,
    pub thing: ThingId,
    pub name: String,
}

impl Again {
    /// What the button carries.
    pub fn pressed(&self) -> String {
        let Self { channel, thing, name } = self;
        format!("on:{channel} {thing} {name}")
    }

    /// Reads what came back, without the handler's name.
    pub fn read(rest: &str) -> Result<Self> {
        let mut parts = rest.splitn(3, ' ');
        let (channel, thing, name) = (parts.next(), parts.next().and_then(|id| id.parse().ok()), parts.next());
        match (channel, thing, name) {
            (Some(channel), Some(thing), Some(name)) => Ok(Self { channel: channel.into(), thing: ThingId(thing), name: name.to_owned() }),
            _ => Err(Error::broken(format_args!("a button carries `{rest}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_back() {
        let plain = About::new(&"dev".into(), ThingId(7), Id(3));
        for about in [plain.clone(), plain.clone().moment(Instant(5)), plain.clone().period(Duration::from_secs(60))] {
            let pressed = about.pressed("extend");
            assert_eq!(About::read(pressed.strip_prefix("extend:").unwrap()).unwrap(), about);
        }
        assert_eq!(plain.pressed("off"), "off:dev 7 3");
    }

    #[test]
    fn a_name_is_read_back_with_its_blanks() {
        let again = Again { channel: "dev".into(), thing: ThingId(7), name: "table for two".to_owned() };
        assert_eq!(Again::read(again.pressed().strip_prefix("on:").unwrap()).unwrap(), again);
        assert!(matches!(Again::read("dev 7"), Err(Error::Broken(_))));
    }

    #[test]
    fn anything_else_is_broken() {
        for rest in ["", "dev", "dev 7", "dev x 3", " 7 3", "dev 7 3 at", "dev 7 3 to 5"] {
            assert!(matches!(About::read(rest), Err(Error::Broken(_))), "{rest}");
        }
    }
}
