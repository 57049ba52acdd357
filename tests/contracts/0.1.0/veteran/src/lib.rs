//! A plugin of contract 0.1.0 that uses all of it that a host of that time serves: each function of each interface, each kind of argument,
//! each piece of a message, and a handler for each kind of event. What hosts of that time do not serve, `courier` uses.

use hatstand_plugin::directory::{Channel as KnownChannel, Person};
use hatstand_plugin::prelude::*;
use hatstand_plugin::{Other, chat};

/// Remembers how things were done.
#[derive(Plugin)]
#[plugin(name = "veteran", wants("hear", "chat:direct", "chat:channels", "chat:broadcast"), settings(Habits))]
struct Veteran;

/// What can be set: one of each kind.
#[derive(Debug, Settings)]
struct Habits {
    /// A text.
    #[setting(default = "Attention")]
    call: String,
    /// A number.
    #[setting(default = "3")]
    times: i64,
    /// A choice.
    #[setting(default = "grey")]
    coat: Colour,
    /// A length of time that may be unset.
    rest: Option<Duration>,
}

#[derive(Choice, Clone, Copy, Debug)]
enum Colour {
    Grey,
    Blue,
}

/// `store`.
#[commands]
impl Veteran {
    /// Keep a value.
    #[command("vet keep <key> as <value...>")]
    fn keep(cx: &mut Context, key: String, value: String) -> Result<Reply> {
        cx.store().set(&format!("kept/{key}"), &value)?;
        Ok(Reply::say(say!("Kept.")))
    }

    /// Get a value.
    #[command("vet get <key>")]
    fn get(cx: &mut Context, key: String) -> Result<Reply> {
        let value: Option<String> = cx.store().get(&format!("kept/{key}"))?;
        Ok(Reply::say(say!("{}", value.unwrap_or_else(|| "Nothing.".to_owned()))))
    }

    /// List the values.
    #[command("vet list")]
    fn list(cx: &mut Context) -> Result<Reply> {
        let kept = cx.store().scan::<String>("kept/")?;
        let kept: Vec<String> = kept.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        Ok(Reply::say(say!("{}", kept.join(" "))))
    }

    /// Drop a value.
    #[command("vet drop <key>")]
    fn forget(cx: &mut Context, key: String) -> Result<Reply> {
        cx.store().delete(&format!("kept/{key}"))?;
        Ok(Reply::say(say!("Dropped.")))
    }

    /// Try a key that cannot be.
    #[command("vet keep nothing")]
    fn keep_nothing(cx: &mut Context) -> Result<Reply> {
        let problems =
            [cx.store().set("", &1).err(), cx.store().set(&"k".repeat(600), &1).err(), cx.store().set("k", &vec![0; 300_000]).err()];
        let problems: Vec<String> = problems.into_iter().flatten().map(|why| why.to_string()).collect();
        Ok(Reply::say(say!("{}", problems.join("; "))))
    }

    /// Say something with every piece that a message can have.
    #[command("vet show everything")]
    fn show_everything(cx: &mut Context) -> Result<Reply> {
        let (me, here) = (cx.user()?.clone(), cx.here()?.clone());
        let now = cx.now();
        let message = say!("*Bold* {} {me} {} {} {}", "*plain*", me.mention(), here.channel, now)
            .field("Rank", say!("sergeant"))
            .button(Button::new("Salute").presses("salute:left").primary())
            .button(Button::new("List").says("vet list").only(&me))
            .button(Button::new("Late").presses("salute:late").until(now).danger())
            .menu(Menu::new("Coat").presses("Grey", "salute:grey").says("Get", "vet get coat"))
            .image("https://example.com/medal.png", "a medal");
        Ok(Reply::say(message).code("shown").data(&std::collections::BTreeMap::from([("pieces", 9)])))
    }

    #[press("salute")]
    fn saluted(cx: &mut Context, press: Press) -> Result<Reply> {
        cx.chat().edit(&press.message, say!("{} saluted: {}.", cx.user()?, press.rest()))?;
        Ok(Reply::nothing())
    }

    /// Call everybody.
    #[command("vet call everybody")]
    fn call_everybody(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::say(Message { text: vec![Span::Everybody, Span::Plain(" Attention!".to_owned())], ..Message::default() }))
    }

    /// Say something in private, in two ways.
    #[command("vet tell <who> <what...>")]
    fn tell(cx: &mut Context, who: User, what: String) -> Result<Reply> {
        cx.chat().whisper(cx.here()?, &who, say!("In your ear: {what}"))?;
        cx.chat().direct(&who, say!("In private: {what}"))?;
        Ok(Reply::nothing())
    }

    /// Say something in another channel.
    #[command("vet shout <what...> in <channel>")]
    fn shout(cx: &mut Context, what: String, channel: Channel) -> Result<Reply> {
        cx.chat().post(&Place { channel, thread: None }, say!("{what}"))?;
        Ok(Reply::nothing())
    }

    /// Say what cannot be said.
    #[command("vet say nothing")]
    fn say_nothing(cx: &mut Context) -> Result<Reply> {
        let problem = |said: std::result::Result<MessageId, chat::Error>| said.map_or_else(|why| why.to_string(), |_| "said".to_owned());
        let empty = problem(cx.chat().post(cx.here()?, Message::default()));
        let nobody = problem(cx.chat().direct(&User::from("nobody at all"), say!("Hello?")));
        let long = problem(cx.chat().post(cx.here()?, say!("{}", "x".repeat(20_000))));
        Ok(Reply::say(say!("{empty}; {nobody}; {long}")))
    }

    /// Fill in a form.
    #[command("vet enlist")]
    fn enlist(cx: &mut Context) -> Result<Reply> {
        let form = Form::new("enlist:today", "Enlist")
            .input(Input::line("name", "Name?").initially("Miller"))
            .input(Input::paragraph("story", "Story?").optional())
            .input(Input::choice("coat", "Coat?", ["grey", "blue"]))
            .input(Input::person("friend", "Friend?").optional())
            .input(Input::channel("where", "Where?").optional());
        Ok(match cx.chat().open_form(form) {
            Ok(()) => Reply::nothing(),
            Err(why) => Reply::say(say!("No form: {}", why.to_string())),
        })
    }

    #[form("enlist")]
    fn enlisted(_cx: &mut Context, form: Submission) -> Result<Reply> {
        let name = form.value("name").unwrap_or_default().to_owned();
        Ok(Reply::say(say!("{name} enlisted {}, with {} more.", form.rest(), form.values.len() - 1)))
    }

    /// Be called back.
    #[command("vet wake <whom...> in <time>")]
    fn wake(cx: &mut Context, whom: String, time: Duration) -> Result<Reply> {
        cx.timers().set(&format!("wake:{whom}"), cx.now() + time, &whom)?;
        Ok(Reply::say(say!("At {}.", cx.now() + time)))
    }

    #[timer("wake")]
    fn woke(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let whom: String = timer.payload()?;
        let late = cx.now().since(timer.due).as_secs();
        Ok(Reply::say(say!("Wake up, {whom}! ({} {late})", timer.rest())))
    }

    /// Take a call back.
    #[command("vet let <whom...> sleep")]
    fn let_sleep(cx: &mut Context, whom: String) -> Result<Reply> {
        cx.timers().cancel(&format!("wake:{whom}"))?;
        Ok(Reply::say(say!("Sleep well.")))
    }

    /// Ask somebody.
    #[command("vet ask <whom> for <time> whether <what...>")]
    fn ask(cx: &mut Context, whom: User, time: Duration, what: String) -> Result<Reply> {
        let question = Question::new(format!("ask:{what}"), &whom, cx.here()?, say!("{what}?"), cx.now() + time);
        cx.questions().ask(question.choice("Yes", "yes").choice("No", "no").text())?;
        Ok(Reply::nothing())
    }

    #[answer("ask")]
    fn answered(_cx: &mut Context, answer: Answer) -> Result<Reply> {
        let what = answer.rest();
        Ok(Reply::say(match &answer.answered {
            hatstand_plugin::Answered::Chosen(value) => say!("{what}: chosen {value}."),
            hatstand_plugin::Answered::Said(text) => say!("{what}: said {text}."),
            hatstand_plugin::Answered::Expired => say!("{what}: no answer."),
        }))
    }

    /// Take a question back.
    #[command("vet withdraw <what...>")]
    fn withdraw(cx: &mut Context, what: String) -> Result<Reply> {
        cx.questions().withdraw(&format!("ask:{what}"))?;
        Ok(Reply::say(say!("Withdrawn.")))
    }

    /// Wait for relief.
    #[command("vet stand guard")]
    fn stand_guard(cx: &mut Context) -> Result<Reply> {
        cx.calls().open("guard")?;
        Ok(Reply::say(say!("On guard.")).code("guarding"))
    }

    /// Relieve who stands guard.
    #[command("vet relieve")]
    fn relieve(cx: &mut Context) -> Result<Reply> {
        cx.calls().answer("guard", "relieved", &())?;
        Ok(Reply::say(say!("Relieved.")))
    }

    /// Tell what is known of somebody, of a channel and of a zone.
    #[command("vet identify <who> in <channel> at <zone>")]
    fn identify(cx: &mut Context, who: User, channel: Channel, zone: String) -> Result<Reply> {
        let person = cx.directory().person(&who).map_or_else(|| "nobody".to_owned(), |person| described(&person));
        let channel = cx.directory().channel(&channel).map_or_else(|| "nowhere".to_owned(), |channel| standing(&channel));
        let offset = cx.directory().zone_offset(&zone, cx.now());
        Ok(Reply::say(say!("{person}; {channel}; {}", format!("{offset:?}"))))
    }

    /// Tell what is set.
    #[command("vet habits")]
    fn habits(cx: &mut Context) -> Result<Reply> {
        let habits = cx.settings::<Habits>()?;
        cx.log().debug("debug");
        cx.log().info("info");
        cx.log().warn("warn");
        cx.log().error("error");
        Ok(Reply::say(say!("{}", format!("{habits:?}"))))
    }

    /// Take an argument of each kind.
    #[command("vet paint <what> <colour> [times <coats>] [by <when>] [for <who>] [within <time>] [show <place>] [dry <dry>]")]
    #[expect(clippy::too_many_arguments, reason = "one of each kind")]
    fn paint(
        _cx: &mut Context,
        what: String,
        colour: Colour,
        coats: Option<i64>,
        when: Option<Instant>,
        who: Option<User>,
        time: Option<Duration>,
        place: Option<Channel>,
        dry: Option<bool>,
    ) -> Result<Reply> {
        let who = who.map(|who| who.as_str().to_owned());
        let place = place.map(|place| place.as_str().to_owned());
        let when = when.map(Instant::millis);
        Ok(Reply::say(say!("{}", format!("{what} {colour:?} {coats:?} {when:?} {who:?} {time:?} {place:?} {dry:?}"))))
    }

    /// Tell the circumstances.
    #[command("vet report", admins)]
    fn report(cx: &mut Context) -> Result<Reply> {
        let person = cx.person().map(described).unwrap_or_default();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let same = u128::from(cx.now().millis()) == now;
        let named = !cx.reference().is_empty();
        let chance = cx.random().below(6) < 6;
        Ok(Reply::say(say!("{person}; {}; {}; {}", cx.workspace(), format!("{same} {named} {chance}"), cx.line().unwrap_or_default())))
    }

    /// Do nothing, and say why.
    #[command("vet fail <how>", hidden)]
    fn fail(cx: &mut Context, how: String) -> Result<Reply> {
        cx.store().set("kept/failed", &how)?;
        match how.as_str() {
            "usage" => Err(Error::usage("Not like that.")),
            "refused" => Err(Error::refused("No, thank you.")),
            "broken" => Err(Error::broken("the rifle jammed")),
            _ => panic!("the powder was wet"),
        }
    }

    /// Tell what was seen since the last time.
    #[command("vet testify")]
    fn testify(cx: &mut Context) -> Result<Reply> {
        let seen: Option<Vec<String>> = cx.store().get("seen")?;
        cx.store().delete("seen")?;
        Ok(Reply::whisper(say!("{}", seen.unwrap_or_default().join("; "))))
    }

    #[hears(r"\battention\b")]
    fn heard(cx: &mut Context, heard: Heard) -> Result<Reply> {
        cx.chat().react(&heard.id, "eyes")?;
        saw(cx, format!("heard {} {:?}", heard.text, heard.patterns.len()))
    }

    #[schedule("0 6 * * *", zone = "Europe/Berlin")]
    fn reveille(cx: &mut Context, run: Scheduled) -> Result<Reply> {
        saw(cx, format!("{} at {}, missed {}", run.name, run.due.millis(), run.missed))
    }

    #[on(reaction)]
    fn reacted(cx: &mut Context, reaction: Reaction) -> Result<Reply> {
        saw(cx, format!("reaction {} {} {}", reaction.message.0, reaction.emoji, reaction.added))
    }

    #[on(member_joined)]
    fn joined(cx: &mut Context, membership: Membership) -> Result<Reply> {
        saw(cx, format!("joined {} {}", described(&membership.person), standing(&membership.channel)))
    }

    #[on(member_left)]
    fn left(cx: &mut Context, membership: Membership) -> Result<Reply> {
        saw(cx, format!("left {} {}", described(&membership.person), standing(&membership.channel)))
    }

    #[on(person_changed)]
    fn person_changed(cx: &mut Context, person: Person) -> Result<Reply> {
        saw(cx, format!("person {}", described(&person)))
    }

    #[on(channel_changed)]
    fn channel_changed(cx: &mut Context, channel: KnownChannel) -> Result<Reply> {
        saw(cx, format!("channel {}", standing(&channel)))
    }

    #[on(installed)]
    fn installed(cx: &mut Context) -> Result<Reply> {
        cx.store().set("installed", &true)?;
        Ok(Reply::nothing())
    }

    #[on(upgraded)]
    fn upgraded(cx: &mut Context, upgrade: Upgrade) -> Result<Reply> {
        cx.store().set("upgraded", &upgrade.previous)?;
        Ok(Reply::nothing())
    }

    /// Tell how this build came here.
    #[command("vet origin")]
    fn origin(cx: &mut Context) -> Result<Reply> {
        let installed: Option<bool> = cx.store().get("installed")?;
        let previous: Option<String> = cx.store().get("upgraded")?;
        Ok(Reply::say(say!("{}", format!("{installed:?} {previous:?}"))))
    }

    #[on("home-opened")]
    fn home_opened(cx: &mut Context, opened: Other) -> Result<Reply> {
        saw(cx, format!("{} {}", opened.name, opened.payload))
    }

    #[on("call-abandoned")]
    fn call_abandoned(cx: &mut Context, abandoned: Other) -> Result<Reply> {
        saw(cx, format!("{} {}", abandoned.name, abandoned.payload))
    }
}

fn saw(cx: &Context, what: String) -> Result<Reply> {
    let mut seen: Vec<String> = cx.store().get("seen")?.unwrap_or_default();
    seen.push(what);
    cx.store().set("seen", &seen)?;
    Ok(Reply::nothing())
}

fn described(person: &Person) -> String {
    let Person { name, zone, admin, bot, active, .. } = person;
    format!("{name} {zone} {admin} {bot} {active}")
}

fn standing(channel: &KnownChannel) -> String {
    let KnownChannel { name, direct, archived, .. } = channel;
    format!("{name} {direct} {archived}")
}
