//! Plugins, seen from their room.

use hatstand_plugin::calls::Abandoned;
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Event, HttpAnswer, HttpFailure, Kind, Membership, Other, Plugin as _, Program, directory, prelude::*};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A program that acts through the HTTP API.
const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline 12") };

#[derive(Choice, Clone, Copy, Debug, PartialEq)]
enum Tone {
    Warm,
    #[choice("ice-cold")]
    Cold,
}

#[derive(Settings)]
struct Config {
    /// How it greets.
    #[setting(default = "warm")]
    tone: Tone,
    /// How long a greeting may stand unanswered.
    max_patience: Option<Duration>,
    /// Who is greeted when nobody is named.
    host: User,
}

#[derive(Serialize, Deserialize)]
struct Greeting {
    by: User,
    to: User,
}

/// Greets.
#[derive(Plugin)]
#[plugin(name = "greet", settings(Config))]
struct Greet;

#[commands]
impl Greet {
    /// Say hello
    /// to somebody.
    ///
    /// And *more* about it.
    #[command("greet [who] [because <reason...>]", "hello to <who>")]
    fn greet(cx: &mut Context, who: Option<User>, reason: Option<String>) -> Result<Reply> {
        let config = cx.settings::<Config>()?;
        let count = cx.store().get::<u64>("count")?.unwrap_or(0) + 1;
        cx.store().set("count", &count)?;
        let to = who.unwrap_or(config.host);
        let deadline = cx.now() + config.max_patience.unwrap_or(Duration::from_secs(3600));
        let greeting = Greeting { by: cx.user()?.clone(), to: to.clone() };
        cx.timers().set(&format!("unanswered:{count}"), deadline, &greeting)?;
        let hello = match (config.tone, reason) {
            (Tone::Cold, _) => say!("{}.", to.mention()),
            (Tone::Warm, Some(reason)) => say!("Hello {}, because {reason}!", to.mention()),
            (Tone::Warm, None) => say!("Hello {}!", to.mention()),
        };
        let hello = hello.button(Button::new("Answer").presses(format!("answer:{count}")).only(&to).until(deadline));
        Ok(Reply::say(hello).and(Reply::whisper(say!("That was number {count}."))).code("greeted").data(&greeting))
    }

    #[press("answer")]
    fn answered(cx: &mut Context, number: String) -> Result<Reply> {
        cx.timers().cancel(&format!("unanswered:{number}"))?;
        Ok(Reply::say(say!("{} answers number {number}.", cx.user()?)))
    }

    #[timer("unanswered")]
    fn unanswered(_cx: &mut Context, timer: Timer) -> Result<Reply> {
        let Greeting { by, to } = timer.payload()?;
        Ok(Reply::say(say!("{}: {to} did not answer number {}.", by.mention(), timer.rest())))
    }
}

fn greet() -> Room {
    let mut room = Room::with::<Greet>();
    room.set("host", "@jane");
    room
}

#[test]
fn the_description_is_what_was_written() {
    let description = Greet::description();
    assert_eq!((description.name.as_str(), description.version.as_str()), ("greet", env!("CARGO_PKG_VERSION")));
    assert_eq!(description.summary, "Greets.");
    let command = &description.commands[0];
    assert_eq!(command.name, "greet");
    assert_eq!(command.usages, ["greet [who] [because <reason...>]", "hello to <who>"]);
    assert_eq!((command.summary.as_str(), command.help.as_str()), ("Say hello to somebody.", "And *more* about it."));
    let parameters: Vec<_> = command.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.kind)).collect();
    assert_eq!(parameters, [("who", &Kind::Person), ("reason", &Kind::Text)]);
    let settings: Vec<_> = description.settings.iter().map(|setting| (setting.name.as_str(), setting.default.as_str())).collect();
    assert_eq!(settings, [("tone", "warm"), ("max-patience", ""), ("host", "")]);
    assert_eq!(description.settings[0].kind, Kind::Choice(vec!["warm".to_owned(), "ice-cold".to_owned()]));
}

#[test]
fn a_command_is_read_and_answered() {
    let mut room = greet();
    room.says("ann", "greet @bob because *friday*");
    assert_eq!(room.heard(), ["bot> Hello @bob, because *friday*!\n    [1] Answer", "bot(ann)> That was number 1."]);
    assert_eq!(room.outcome().code, "greeted");
    assert_eq!(room.outcome().data["to"], "bob");
    assert_eq!(room.stored::<u64>("count"), Some(1));
}

#[test]
fn a_person_may_be_left_out() {
    let mut room = greet();
    room.says("ann", "greet");
    assert_eq!(room.heard()[0], "bot> Hello @jane!\n    [1] Answer");
}

#[test]
fn what_is_no_command_is_explained() {
    let mut room = greet();
    room.says("ann", "hello to bob");
    assert_eq!(room.outcome().code, "misread");
    assert!(room.heard()[0].contains("\n    Usage: `hello to <who>`"));
}

#[test]
fn a_timer_fires_at_its_moment() {
    let mut room = greet();
    room.says("ann", "greet @bob");
    room.heard();
    room.wait("59 minutes");
    assert_eq!(room.heard(), [""; 0]);
    room.wait("2 hours");
    assert_eq!(room.heard(), ["bot> @ann: bob did not answer number 1."]);
}

#[test]
fn a_button_is_for_whom_it_says_and_until_when() {
    let mut room = greet();
    room.says("ann", "greet @bob");
    room.heard();
    room.presses("ann", "Answer");
    assert_eq!(room.heard(), ["bot(ann)> Only bob can press that. Nothing was changed."]);
    room.presses("bob", "Answer");
    assert_eq!(room.heard(), ["bot> bob answers number 1."]);
    room.wait("2 hours");
    room.presses("bob", "Answer");
    assert_eq!(room.heard(), ["bot(bob)> Too late: that button worked until 11:00. Nothing was changed."]);
}

#[test]
fn settings_have_types_and_defaults() {
    let mut room = greet();
    room.set("tone", "Ice-Cold");
    room.set("max-patience", "5 minutes");
    room.says("ann", "greet @bob");
    assert_eq!(room.heard()[0], "bot> @bob.\n    [1] Answer");
    room.wait("5 minutes");
    assert_eq!(room.heard(), ["bot> @ann: bob did not answer number 1."]);
}

#[test]
fn a_setting_that_is_missing_is_named() {
    let mut room = Room::with::<Greet>();
    room.says("ann", "greet @bob");
    assert_eq!(room.heard(), ["bot(ann)> For this, whoever operates me has to set `host`."]);
}

#[test]
fn direct_messages_are_a_place_too() {
    let mut room = greet();
    room.tells("ann", "greet @bob");
    assert_eq!(room.heard()[1], "bot@ann> That was number 1.");
}

/// Does what can go wrong.
#[derive(Plugin)]
#[plugin(wants("hear", "chat:direct", "chat:channels", "http:https://weather.example", "queue:greetings"))]
struct Trouble;

#[commands]
impl Trouble {
    /// Fail after doing something.
    #[command("fail <how> [at <number>]", admins)]
    fn fail(cx: &mut Context, how: String, number: Option<u8>) -> Result<Reply> {
        cx.store().set("count", &number)?;
        cx.timers().set("late", cx.now(), &())?;
        cx.chat().post(cx.here()?, "This is never seen.")?;
        match how.as_str() {
            "politely" => Err(Error::refused("*No.*")),
            "wrongly" => Err(Error::usage("That makes no sense.")),
            other => Ok(Reply::say(say!("{}", other.parse::<u32>()?))),
        }
    }

    #[timer("late")]
    fn late(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::whisper("Nobody is there to see this."))
    }

    /// Set the timer above.
    #[command("whisper later")]
    fn later(cx: &mut Context) -> Result<()> {
        Ok(cx.timers().set("late", cx.now(), &())?)
    }

    /// Say it to somebody alone.
    #[command("tell <whom> <text...>")]
    fn tell(cx: &mut Context, whom: User, text: String) -> Result<Reply> {
        cx.chat().direct(&whom, say!("{text}"))?;
        Ok(Reply::nothing())
    }

    /// Say it elsewhere, and take it back.
    #[command("announce <text...> in <channel>")]
    fn announce(cx: &mut Context, text: String, channel: Channel) -> Result<Reply> {
        let there = Place { channel: channel.clone(), thread: None };
        let message = cx.chat().post(&there, say!("{text}"))?;
        cx.chat().react(&message, "tada")?;
        cx.chat().edit(&message, "Never mind.")?;
        Ok(Reply::say(say!("Announced in {channel}.")))
    }

    /// Ask somebody.
    #[command("ask <whom> <text...>")]
    fn ask(cx: &mut Context, whom: User, text: String) -> Result<()> {
        let question = Question::new("ask", &whom, cx.here()?, say!("{text}"), cx.now() + Duration::from_secs(60));
        Ok(cx.questions().ask(question.choice("Yes", "yes").text())?)
    }

    #[answer("ask")]
    fn answer(_cx: &mut Context, answer: Answer) -> Result<Message> {
        Ok(match answer.answered {
            Answered::Chosen(value) => say!("Chosen: {value}"),
            Answered::Said(text) if text.ends_with("fail") => return Err(Error::refused("Not like that.")),
            Answered::Said(text) => say!("Said: {text}"),
            Answered::Expired => "Nothing.".into(),
        })
    }

    /// Ask the weather service.
    #[command("weather")]
    fn weather(cx: &mut Context) -> Result<()> {
        Ok(cx.http().get("https://weather.example/today").header("Accept", "text/plain").then("weather:today")?)
    }

    #[response("weather")]
    fn show(_cx: &mut Context, response: Response) -> Result<Reply> {
        let day = response.rest().to_owned();
        Ok(Reply::say(say!("The weather of {day} is {}.", response.ok()?.text())))
    }

    #[webhook("weather")]
    fn forecast(cx: &mut Context, webhook: Webhook) -> Result<()> {
        let place = if cx.place().is_some() || cx.person().is_some() { "somewhere" } else { "nowhere" };
        let forecast = format!("{} {}, {place}", webhook.header("x-kind").unwrap_or_default(), String::from_utf8_lossy(&webhook.body));
        Ok(cx.store().set("forecast", &forecast)?)
    }

    /// Say in which thread it is said.
    #[command("where am i")]
    fn thread(cx: &mut Context) -> Result<Message> {
        Ok(say!("{}", cx.here()?.thread))
    }

    /// Tell the other systems.
    #[command("publish")]
    fn publish(cx: &mut Context) -> Result<()> {
        Ok(cx.queue().publish_json("greetings", &["hello"])?)
    }

    /// Open a door, which takes a minute.
    #[command("door <name>")]
    fn door(cx: &mut Context, name: String) -> Result<Reply> {
        cx.calls().open(&name)?;
        cx.timers().set(&format!("opened:{name}"), cx.now() + Duration::from_secs(60), &())?;
        Ok(Reply::whisper("It opens.").code("opening"))
    }

    #[timer("opened")]
    fn opened(cx: &mut Context, timer: Timer) -> Result<()> {
        Ok(cx.calls().answer(timer.rest(), "opened", &[("door", timer.rest())].into_iter().collect::<BTreeMap<_, _>>())?)
    }

    #[on("call-abandoned")]
    fn left(cx: &mut Context, left: Other) -> Result<()> {
        let Abandoned { key } = left.json()?;
        Ok(cx.timers().cancel(&format!("opened:{key}"))?)
    }

    /// Fill in a form.
    #[command("form")]
    fn open(cx: &mut Context) -> Result<()> {
        Ok(cx.chat().open_form(Form::new("retro:12", "Retro").input(Input::line("good", "What went well?")))?)
    }

    #[form("retro")]
    fn retro(_cx: &mut Context, form: Submission) -> Message {
        say!("{}: {}", form.rest(), form.value("good").unwrap_or("nothing"))
    }

    #[hears("wea?ther|rain")]
    fn overheard(cx: &mut Context, heard: Heard) -> Result<()> {
        Ok(cx.chat().react(&heard.id, "umbrella")?)
    }

    #[on(member_joined)]
    fn joined(_cx: &mut Context, who: Membership) -> Message {
        say!("Welcome to {}, {}!", who.channel.id, who.person)
    }

    #[on(upgraded)]
    fn upgraded(cx: &mut Context, upgrade: Upgrade) {
        cx.log().info(format_args!("after {}", upgrade.previous));
    }

    #[schedule("0 9 * * mon-fri", zone = "Europe/Berlin")]
    fn good_morning(cx: &mut Context, run: Scheduled) -> Result<()> {
        let mornings: u32 = cx.store().get("mornings")?.unwrap_or(0);
        cx.store().set("mornings", &(mornings + run.missed + 1))?;
        Ok(())
    }
}

fn trouble() -> Room {
    let mut room = Room::with::<Trouble>();
    room.admin("ann");
    room
}

#[test]
fn a_handler_that_fails_leaves_no_trace() {
    for (how, code) in [("politely", "refused"), ("wrongly", "usage"), ("badly", "broken")] {
        let mut room = trouble();
        room.says("ann", &format!("fail {how} at 7"));
        assert_eq!(room.outcome().code, code);
        let heard = room.heard();
        assert!(heard.len() == 1 && heard[0].starts_with("bot(ann)> "), "{heard:?}");
        assert_eq!(room.stored::<u8>("count"), None);
        room.wait("1 hour");
        assert_eq!(room.heard(), [""; 0]);
    }
}

#[test]
fn the_reason_is_for_the_operator_only() {
    let mut room = trouble();
    room.says("ann", "fail badly");
    assert_eq!(room.outcome().broken.as_deref(), Some("invalid digit found in string"));
    assert_eq!(room.heard(), ["bot(ann)> Sorry: `hatstand-plugin` stopped working on that (ref 000001). Nothing was changed."]);
}

#[test]
fn a_number_must_fit_its_type() {
    let mut room = trouble();
    room.says("ann", "fail politely at 256");
    assert_eq!(room.heard(), ["bot(ann)> 256 is not between 0 and 255.\n    Usage: `fail <how> [at <number>]`"]);
}

#[test]
fn administrators_only() {
    let mut room = trouble();
    room.says("bob", "fail politely");
    assert_eq!(room.heard(), ["bot(bob)> Only administrators may say `fail`: ask ann. Nothing was changed."]);
}

#[test]
fn a_timer_has_nobody_to_whisper_to() {
    let mut room = trouble();
    room.says("ann", "whisper later");
    assert_eq!(room.outcome().broken.as_deref(), Some("no person did this"));
}

#[test]
fn a_grant_that_is_missing_is_named() {
    let mut room = trouble();
    room.says("ann", "tell @bob hi");
    assert_eq!(room.heard(), ["bot@bob> hi"]);
    room.revoke("chat:direct");
    room.says("ann", "tell @bob hi");
    assert_eq!(room.heard(), ["bot(ann)> For this I need the grant `chat:direct`. Whoever operates me can give it."]);
}

#[test]
fn other_channels_can_be_spoken_to() {
    let mut room = trouble();
    room.says("ann", "announce a party in #dev");
    assert_eq!(room.heard(), ["bot#dev> a party", "bot#dev reacts> :tada:", "bot#dev edits> Never mind.", "bot> Announced in #dev."]);
}

#[test]
fn a_question_ends_in_any_case() {
    let mut room = trouble();
    room.says("ann", "ask @bob tea?");
    assert_eq!(room.heard(), ["bot(bob)> tea?\n    [1] Yes"]);
    room.presses("bob", "Yes");
    assert_eq!(room.heard(), ["bot> Chosen: yes"]);
    room.says("ann", "ask @bob tea?");
    room.answers("bob", "with milk");
    assert_eq!(room.heard()[1], "bot> Said: with milk");
    room.says("ann", "ask @bob tea?");
    room.wait("1 minute");
    assert_eq!(room.heard()[1], "bot> Nothing.");
}

#[test]
fn a_program_is_told_later() {
    let mut room = trouble();
    room.calls(CI, "door front");
    assert_eq!(room.outcome().code, "opening");
    assert_eq!(room.heard(), ["bot(api_ci_pipeline_12)> It opens."]);
    assert_eq!(room.answered("front"), None);
    room.wait("1 minute");
    let answered = room.answered("front").expect("the door is open");
    assert_eq!((answered.code.as_str(), answered.data["door"].as_str()), ("opened", Some("front")));
}

#[test]
fn a_program_that_went_away_is_not_waited_for() {
    let mut room = trouble();
    room.calls(CI, "door back");
    room.abandons("back");
    room.wait("1 hour");
    assert_eq!(room.answered("back"), None);
}

#[test]
fn for_a_person_no_call_is_left_open() {
    let mut room = trouble();
    room.says("ann", "door front");
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| room.answered("front")));
    assert!(asked.is_err(), "nobody will ask");
}

#[test]
fn a_question_is_one_persons_and_ends_once() {
    let mut room = trouble();
    room.says("ann", "ask @bob tea?");
    room.says("ann", "ask @bob coffee?");
    room.heard();
    let transcript = |room: &mut Room| room.heard().join("\n");

    room.says("cem", "with milk");
    assert_eq!(room.outcome().code, "misread", "it is not cem who was asked");
    room.heard();
    room.says("bob", "answer fail");
    assert_eq!(transcript(&mut room), "bot(bob)> Not like that.", "what fails changes nothing");
    room.says("bob", "with milk");
    assert_eq!(transcript(&mut room), "bot> Said: with milk");
    room.presses("bob", "Yes");
    assert_eq!(transcript(&mut room), "bot(bob)> That question is settled already. Nothing was changed.");
    room.wait("2 minutes");
    assert_eq!(room.heard(), [""; 0], "neither the one that was answered nor the one that was replaced expires");
    room.presses("bob", "Yes");
    assert_eq!(transcript(&mut room), "bot(bob)> Too late: that button worked until 10:01. Nothing was changed.");
}

#[test]
fn a_response_comes_back_as_an_event() {
    let mut room = trouble();
    room.says("ann", "weather");
    assert_eq!((room.requests()[0].method.as_str(), room.requests()[0].url.as_str()), ("GET", "https://weather.example/today"));
    room.responds("weather:today", 200, "fine");
    assert_eq!(room.heard(), ["bot> The weather of today is fine."]);
    room.responds("weather:today", 503, "");
    assert_eq!(room.outcome().broken.as_deref(), Some("the answer is 503"));
}

#[test]
fn a_request_may_have_no_answer() {
    let mut room = trouble();
    room.says("ann", "weather");
    room.fails("weather:today", HttpFailure::Timeout);
    assert_eq!(room.outcome().broken.as_deref(), Some("there was no answer in time"));
    let headers = vec![("Retry-After".to_owned(), "7".to_owned())];
    room.responds_with("weather:today", HttpAnswer { status: 200, headers, body: b"fine".to_vec() });
    assert_eq!(room.heard(), ["bot> The weather of today is fine."]);
    room.revoke("http:https://weather.example");
    room.says("ann", "weather");
    assert_eq!(room.heard(), ["bot(ann)> For this I need the grant `http:https://weather.example`. Whoever operates me can give it."]);
    room.grant("http");
    room.says("ann", "weather");
    assert_eq!(room.requests().len(), 2, "whoever may send anywhere may send there");
}

#[test]
fn a_webhook_happens_nowhere_and_by_nobody() {
    let mut room = trouble();
    room.webhook("weather", &[("X-Kind", "storm")], "tomorrow");
    assert_eq!(room.stored::<String>("forecast").as_deref(), Some("storm tomorrow, nowhere"));
    room.store("forecast", "7");
    assert_eq!(room.stored::<u8>("forecast"), Some(7));
}

#[test]
fn a_thread_is_a_place() {
    let mut room = trouble();
    room.says_in_thread("ann", "17", "where am i");
    assert_eq!(room.heard(), ["bot> 17"]);
}

#[test]
fn queues_and_forms() {
    let mut room = trouble();
    room.says("ann", "publish");
    assert_eq!(room.published(), [("greetings".to_owned(), br#"["hello"]"#.to_vec())]);
    room.says("ann", "form");
    assert_eq!(room.forms().count(), 1);
    room.submits("ann", "retro:12", &[("good", "hats")]);
    assert_eq!(room.heard(), ["bot> 12: hats"]);
}

#[test]
fn what_is_not_addressed_to_it_is_overheard() {
    let mut room = trouble();
    room.mutters("ann", "What WEATHER!");
    assert_eq!(room.heard(), ["bot reacts> :umbrella:"]);
    room.mutters("ann", "Nothing of interest.");
    assert_eq!(room.heard(), [""; 0]);
}

#[test]
fn other_events_have_handlers() {
    let mut room = trouble();
    let person =
        directory::Person { id: "bob".into(), name: "bob".to_owned(), zone: "UTC".to_owned(), admin: false, bot: false, active: true };
    let channel = directory::Channel { id: "dev".into(), name: "dev".to_owned(), direct: false, archived: false };
    room.happens(Event::MemberJoined(Membership { person, channel }));
    assert_eq!(room.heard(), ["bot> Welcome to #dev, bob!"]);
    room.upgrade_from("0.0.9");
    assert_eq!(room.log(), ["info: after 0.0.9"]);
    room.schedule("good-morning");
    assert_eq!(room.stored::<u8>("mornings"), Some(1));
    room.wait("3 days");
    assert_eq!(room.stored::<u8>("mornings"), Some(4), "Tuesday to Thursday, at 08:00 UTC");
    room.happens(Event::Installed);
    assert_eq!(room.outcome().broken.as_deref(), Some("this build has no handler for the event `installed`"));
}
