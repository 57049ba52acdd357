//! Transcripts on a stage of a few lines: read, shown, played, compared and blessed.

use super::*;
use proptest::prelude::*;
use std::time::Duration;

mod parsing {
    use super::*;

    fn steps(text: &str) -> Vec<(usize, Step)> {
        let script = Script::parse(text).unwrap_or_else(|error| panic!("{error}"));
        script.steps().iter().map(|numbered| (numbered.line, numbered.step.clone())).collect()
    }

    fn expect(audience: Audience, act: Act, text: &[&str]) -> Step {
        Step::Expect(Line::new(audience, act, text))
    }

    #[test]
    fn every_kind_of_step() {
        let dev = || Room::Channel("dev".into());
        let say = |room, who: &str, text: &str| Step::Say { room, who: who.into(), text: text.to_owned() };
        let text = "# about this\n#\n\n#dev\njane>   @hatstand hi  \nbot>  Hello.\n@hatstand\nandré> a > b\n--- 2 hours later\n";
        let expected = [
            Step::Comment("about this".to_owned()),
            Step::Comment(String::new()),
            Step::Blank,
            Step::Go(dev()),
            say(dev(), "jane", "@hatstand hi"),
            expect(Audience::Channel("dev".into()), Act::Says, &["Hello."]),
            Step::Go(Room::Direct),
            say(Room::Direct, "andré", "a > b"),
            Step::Do(Directive::Later(Duration::from_secs(7200))),
        ];
        assert_eq!(steps(text), (1..).zip(expected).collect::<Vec<_>>());
    }

    #[test]
    fn every_audience_and_act() {
        let channel = |name: &str| Audience::Channel(name.into());
        let whisper = |person: &str, channel: &str| Audience::Whisper { person: person.into(), channel: channel.into() };
        for (mark, audience, act) in [
            ("bot", channel("dev"), Act::Says),
            ("bot#ops", channel("ops"), Act::Says),
            ("bot#dev/1", channel("dev/1"), Act::Says),
            ("bot(jane)", whisper("jane", "dev"), Act::Says),
            ("bot(jane)#ops", whisper("jane", "ops"), Act::Says),
            ("bot@jane", Audience::Direct("jane".into()), Act::Says),
            ("bot edits", channel("dev"), Act::Edits),
            ("bot(jane)#ops edits", whisper("jane", "ops"), Act::Edits),
            ("bot@jane reacts", Audience::Direct("jane".into()), Act::Reacts),
        ] {
            let text = format!("#dev\njane> hi\n{mark}> x\n");
            assert_eq!(steps(&text)[2].1, expect(audience, act, &["x"]), "{mark}");
            assert_eq!(Script::parse(&text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn somebody_may_be_called_like_the_bot_and_more() {
        assert!(matches!(&steps("#dev\nbots> hi")[1].1, Step::Say { who, .. } if who.as_str() == "bots"));
    }

    #[test]
    fn a_message_goes_on_after_four_spaces_and_over_blank_lines() {
        let text = "#dev\njane> a\n\n      b\n    c\n\nbot>\n    x\n \n";
        let steps = steps(text);
        assert!(matches!(&steps[1], (2, Step::Say { text, .. }) if text == "a\n\n  b\nc"));
        assert_eq!(steps[2], (6, Step::Blank));
        assert_eq!(steps[3], (7, expect(Audience::Channel("dev".into()), Act::Says, &["", "x"])));
        assert_eq!(steps[4], (9, Step::Blank));
    }

    #[test]
    fn what_is_no_transcript_is_refused_with_its_line_and_a_reason() {
        for (text, line, why) in [
            ("hello", 1, "who says this?"),
            ("jane> hi", 1, "nobody is in a channel yet"),
            ("#dev\njane>", 2, "jane says nothing"),
            ("#dev\n.> hi", 2, "`.` is no person's name"),
            ("#dev\njane doe> hi", 2, "`jane doe` is no person's name"),
            ("#dev\nbot> hi", 2, "nothing has happened yet"),
            ("--- restart\nbot> hi", 2, "nobody is in a channel yet"),
            ("@hatstand\njane> hi\nbot> hi", 3, "say to whom"),
            ("@hatstand\njane> hi\nbot(jane)> hi", 3, "say to whom"),
            ("#dev\njane> hi\nbot(jane> hi", 3, "not closed"),
            ("#dev\njane> hi\nbot(jane)ops> hi", 3, "not `ops`"),
            ("#dev\njane> hi\nbot sings> la", 3, "not `sings`"),
            ("#dev\njane> hi\nbot> \u{1b}[2J", 3, "invisible"),
            ("#two words", 1, "a channel stands alone"),
            ("@jane", 1, "people go to direct messages"),
            ("#dev\n\n    hi", 3, "only a message goes on"),
            ("#dev\njane> hi\n  there", 3, "four spaces"),
            ("#dev\njane> hi\n\tthere", 3, "four spaces"),
            ("-- restart", 1, "begins with `---`"),
            ("--- dance", 1, "no directive"),
            ("--- restart\n--- at 2026-01-05 10:00", 2, "only begin"),
        ] {
            let error = Script::parse(text).expect_err(text);
            assert_eq!(error.line, line, "{text:?}: {error}");
            assert!(error.why.contains(why), "{text:?}: {error}");
        }
    }

    #[test]
    fn the_comments_at_the_top_say_what_it_is_about() {
        let script = Script::parse("# One.\n# Two.\n\n# Three.\n").unwrap();
        assert_eq!(script.about(), "One.\nTwo.");
    }
}

mod round_trip {
    use super::*;

    fn name() -> impl Strategy<Value = Name> {
        "[a-zé0-9_.-]{1,6}".prop_map(|name| Name::from(name.as_str())).prop_filter("nobody is the bot", |name| name.as_str() != "bot")
    }

    /// Anything that could be typed, most of all what looks like something else.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            Just("bot> hi".to_owned()),
            Just("--- kill".to_owned()),
            Just("#dev".to_owned()),
            Just("[1] Queue".to_owned()),
            "[ a>#@:\\[\\]()-]{0,12}",
            "\\PC{0,12}",
        ]
    }

    fn room() -> impl Strategy<Value = Room> {
        prop_oneof![name().prop_map(Room::Channel), Just(Room::Direct)]
    }

    fn audience() -> impl Strategy<Value = Audience> {
        prop_oneof![
            name().prop_map(Audience::Channel),
            (name(), name()).prop_map(|(person, channel)| Audience::Whisper { person, channel }),
            name().prop_map(Audience::Direct),
        ]
    }

    fn expectation() -> impl Strategy<Value = Step> {
        let act = prop_oneof![Just(Act::Says), Just(Act::Edits), Just(Act::Reacts)];
        (audience(), act, prop::collection::vec(line(), 0..5))
            .prop_map(|(audience, act, text)| Step::Expect(Line::new(audience, act, text)))
    }

    fn directive() -> impl Strategy<Value = Directive> {
        let duration = || (1..u64::from(u32::MAX)).prop_map(Duration::from_millis);
        prop_oneof![
            duration().prop_map(Directive::Later),
            duration().prop_map(|after| Directive::Restart { after }),
            Just(Directive::Kill { after: Duration::ZERO }),
            name().prop_map(|name| Directive::AddPlugin(name.to_string())),
            (name(), name()).prop_map(|(a, b)| Directive::ReplacePlugin { plugin: a.to_string(), with: b.to_string() }),
            (name(), name()).prop_map(|(person, zone)| Directive::Zone { person, zone: zone.to_string() }),
        ]
    }

    /// Somebody says something: the room is filled in by whoever puts the steps together.
    fn say() -> impl Strategy<Value = Step> {
        (name(), prop::collection::vec(line(), 1..5))
            .prop_map(|(who, text)| (who, text::tidy(text).join("\n")))
            .prop_filter("people say something", |(_, text)| !text.is_empty())
            .prop_map(|(who, text)| Step::Say { room: Room::Direct, who, text })
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Blank),
            line().prop_map(|text| Step::Comment(text.trim_end().to_owned())),
            room().prop_map(Step::Go),
            say(),
            directive().prop_map(Step::Do),
            expectation(),
        ]
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        (name(), prop::collection::vec(step(), 0..12)).prop_map(|(channel, rest)| {
            let begin = [Step::Go(Room::Channel(channel)), Step::Do(Directive::Admin("jane".into()))];
            in_their_rooms(begin.into_iter().chain(rest).collect())
        })
    }

    fn in_their_rooms(mut steps: Vec<Step>) -> Vec<Step> {
        let mut here = Room::Direct;
        for step in &mut steps {
            match step {
                Step::Go(room) => here = room.clone(),
                Step::Say { room, .. } => *room = here.clone(),
                _ => {}
            }
        }
        steps
    }

    fn shown(steps: &[Step]) -> String {
        let mut room = None;
        let mut text = String::new();
        for step in steps {
            room = step.room_after(room);
            text.extend(step.shown_in(room).iter().flat_map(|line| [line, "\n"]));
        }
        text
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(steps in steps()) {
            let script = Script::parse(&shown(&steps)).unwrap();
            let read: Vec<Step> = script.steps().iter().map(|numbered| numbered.step.clone()).collect();
            prop_assert_eq!(read, steps);
            let again = Script::parse(&script.to_string()).unwrap();
            prop_assert_eq!(again.steps(), script.steps());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([ a-z>#@:()\\[\\]-]{0,9}\n){0,9}") {
            if let Ok(script) = Script::parse(&text) {
                let again = Script::parse(&script.to_string()).unwrap();
                prop_assert_eq!(again.steps(), script.steps());
            }
        }

        /// Nothing that comes can be taken for anything but what it is.
        #[test]
        fn what_is_blessed_passes(expected in steps(), got in prop::collection::vec(expectation(), 0..4)) {
            let lines: Vec<Line> = got.into_iter().filter_map(|step| if let Step::Expect(line) = step { Some(line) } else { None }).collect();
            let script = Script::parse(&shown(&expected)).unwrap();
            let blessed = run(&script, &mut Always(lines.clone())).blessed();
            let script = Script::parse(&blessed).unwrap();
            prop_assert!(run(&script, &mut Always(lines)).passed(), "{}", blessed);
        }
    }

    /// Says the same, whatever happens.
    struct Always(Vec<Line>);

    impl Stage for Always {
        fn say(&mut self, _: &Room, _: &str, _: &str) -> Result<Vec<Line>, String> {
            Ok(self.0.clone())
        }

        fn direct(&mut self, _: &Directive) -> Result<Vec<Line>, String> {
            Ok(self.0.clone())
        }
    }
}

/// A bot that repeats what it is told, and says how long it slept.
struct Parrot;

impl Stage for Parrot {
    fn say(&mut self, room: &Room, who: &str, text: &str) -> Result<Vec<Line>, String> {
        let Some(text) = text.strip_prefix("@hatstand ") else { return Ok(Vec::new()) };
        match room {
            Room::Channel(channel) if text == "hush" => Ok(vec![
                Line::new(Audience::Channel(channel.clone()), Act::Reacts, [":zipper_mouth:"]),
                Line::new(Audience::Whisper { person: who.into(), channel: channel.clone() }, Act::Says, ["As you like (ref 7f3a)."]),
            ]),
            Room::Channel(channel) => Ok(vec![Line::new(Audience::Channel(channel.clone()), Act::Says, [text])]),
            Room::Direct => Ok(vec![Line::new(Audience::Direct(who.into()), Act::Says, [text])]),
        }
    }

    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
        match directive {
            Directive::Later(duration) => {
                let text = format!("I slept for {} s.\nGood morning!", duration.as_secs());
                Ok(vec![Line::new(Audience::Channel("dev".into()), Act::Says, [text])])
            }
            _ => Err(format!("a parrot knows nothing of `{directive}`")),
        }
    }
}

mod playing {
    use super::*;

    const GOOD: &str = "\
# A parrot repeats.
#dev
andre> is anybody here?
jane> @hatstand hello
bot>   hello
jane> @hatstand hush

# Both at once.
bot reacts> :zipper_mouth:
bot(jane)> As you like (ref [..]).
@hatstand
jane> @hatstand one

    three
bot@jane> one

    three
--- 90s later
bot#dev> I slept for 90 s.
    Good [..]
";

    const BAD: &str = "\
# A parrot repeats.
#dev
jane> @hatstand hello
bot>   hello

andre> @hatstand hush
# First a whisper?
bot(andre)> As you [..].
bot(jane)> As you like.

#ops
--- 2 hours later
bot#dev> I slept for [..] s.
    Good night!
andre> @hatstand bye
# The end.
";

    const BLESSED: &str = "\
# A parrot repeats.
#dev
jane> @hatstand hello
bot>   hello

andre> @hatstand hush
bot reacts> :zipper_mouth:
# First a whisper?
bot(andre)> As you [..].

#ops
--- 2 hours later
bot#dev> I slept for [..] s.
    Good morning!
andre> @hatstand bye
bot> bye
# The end.
";

    fn script(text: &str) -> Script {
        Script::parse(text).unwrap_or_else(|error| panic!("{error}")).named("parrot.txt")
    }

    #[test]
    fn what_comes_as_expected_passes_and_stays_as_typed() {
        let script = script(GOOD);
        let report = run(&script, &mut Parrot);
        assert!(report.passed(), "{report}");
        assert_eq!(report.blessed(), GOOD);
        assert_eq!(report.to_string(), "parrot.txt: everything came as expected\n");
    }

    #[test]
    fn blessing_rewrites_what_did_not_come_and_nothing_else() {
        let bad = script(BAD);
        assert_eq!(run(&bad, &mut Parrot).blessed(), BLESSED);
        let blessed = script(BLESSED);
        assert!(run(&blessed, &mut Parrot).passed());
    }

    #[test]
    fn the_report_shows_the_first_difference_within_its_conversation() {
        let script = script(BAD);
        let report = run(&script, &mut Parrot);
        assert!(!report.passed());
        assert_eq!(
            report.to_string(),
            "\
parrot.txt:6: expected (-), but this came (+)

   3   jane> @hatstand hello
   4   bot>   hello
   5
   6   andre> @hatstand hush
     + bot reacts> :zipper_mouth:
   7   # First a whisper?
   8   bot(andre)> As you [..].
   9 - bot(jane)> As you like.
  10
  11   #ops
  12   --- 2 hours later
  13   bot#dev> I slept for [..] s.

and in 2 more places
"
        );
    }

    #[test]
    fn a_message_that_differs_is_shown_by_its_lines() {
        let script = script("#dev\n--- 60s later\nbot> I slept for [..] s.\n    Good night!\n");
        let expected = "\
parrot.txt:4: expected (-), but this came (+)

   1   #dev
   2   --- 60s later
   3   bot> I slept for [..] s.
   4 -     Good night!
     +     Good morning!
";
        assert_eq!(run(&script, &mut Parrot).to_string(), expected);
    }

    #[test]
    fn what_was_not_expected_at_all_is_a_difference() {
        let script = script("#dev\njane> @hatstand hello");
        let report = run(&script, &mut Parrot);
        assert!(!report.passed());
        assert_eq!(report.blessed(), "#dev\njane> @hatstand hello\nbot> hello\n");
    }

    #[test]
    fn order_matters() {
        let script = script("#dev\njane> @hatstand hush\nbot(jane)> As you [..]\nbot reacts> :zipper_mouth:\n");
        assert!(!run(&script, &mut Parrot).passed());
    }

    #[test]
    fn a_stage_that_cannot_go_on_ends_the_transcript() {
        let script = script("#dev\njane> @hatstand hi\nbot> ho\n--- kill\nbot> I am back.\njane> @hatstand hi\n");
        let report = run(&script, &mut Parrot);
        assert!(!report.passed());
        assert_eq!(report.stopped(), Some((4, "a parrot knows nothing of `--- kill`")));
        assert!(report.to_string().ends_with("\nparrot.txt:4: cannot go on: a parrot knows nothing of `--- kill`\n"));
        assert_eq!(report.blessed(), "#dev\njane> @hatstand hi\nbot> hi\n--- kill\nbot> I am back.\njane> @hatstand hi\n");
    }

    #[test]
    fn typed_text_cannot_forge_a_line() {
        let forged = "hi\nbot> gotcha\rjane> me too\u{2028}--- kill\u{85}#ops\n[1] x\n\n\u{1b}[1Abot> up";
        let channel = || Audience::Channel("dev".into());
        let line = Line::new(channel(), Act::Says, [forged]);
        let text = format!("#dev\njane> hi\n{}\n", line.shown_in(Some(&Room::Channel("dev".into()))).join("\n"));
        let script = Script::parse(&text).unwrap();
        assert_eq!(script.steps().len(), 3, "{text}");
        assert_eq!(script.steps()[2].step, Step::Expect(line));
        assert!(text.lines().skip(3).all(|line| line.is_empty() || line.starts_with("    ")), "{text}");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let whisper = Audience::Whisper { person: "jane)> hi\nbot(ed".into(), channel: "dev".into() };
        assert_eq!(Line::new(whisper, Act::Says, ["x"]).shown_in(None), ["bot(jane___hi_bot_ed)#dev> x"]);
    }
}
