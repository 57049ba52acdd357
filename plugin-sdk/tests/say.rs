//! Messages: what the author wrote is Markdown, everything else is data.

use hatstand_plugin::message::Block;
use hatstand_plugin::prelude::*;

#[test]
fn the_literal_is_markdown_and_values_are_data() {
    let (ann, thing) = (User::from("U1"), "*x* @channel".to_owned());
    let message = say!("*{thing}* is {}'s until {}, for {span}.", ann.name(), Instant(5), span = Duration::from_secs(5400));
    assert_eq!(
        message.text,
        [
            Span::Markdown("*".to_owned()),
            Span::Plain("*x* @channel".to_owned()),
            Span::Markdown("* is ".to_owned()),
            Span::Name(ann.clone()),
            Span::Markdown("'s until ".to_owned()),
            Span::Time(Instant(5)),
            Span::Markdown(", for ".to_owned()),
            Span::Plain("1 h 30 min".to_owned()),
            Span::Markdown(".".to_owned()),
        ]
    );
}

#[test]
fn values_are_counted_and_named() {
    assert_eq!(say!("{0}{1}{0}", 1, 2).text, say!("{}{}{}", 1, 2, 1).text);
    assert_eq!(say!("{{}}").text, [Span::Markdown("{}".to_owned())]);
    assert_eq!(say!("{}", 1 + 1).text, [Span::Plain("2".to_owned())]);
    assert_eq!(say!("").text, []);
}

#[test]
fn people_are_named_unless_mentioned() {
    let ann = User::from("U1");
    assert_eq!(say!("{ann}{}", ann.mention()).text, [Span::Name(ann.clone()), Span::Mention(ann.clone())]);
    assert_eq!(say!("{}", Channel::from("C1")).text, [Span::Channel("C1".into())]);
}

#[test]
fn messages_nest_and_options_may_be_nothing() {
    let inner = say!("*{}*", 1);
    assert_eq!(say!("{inner}!").text.len(), 4);
    assert_eq!(say!("{}{}", Some(1), None::<u8>).text, [Span::Plain("1".to_owned())]);
}

#[test]
fn buttons_and_fields_gather() {
    let message = say!("Choose.")
        .button(Button::new("Queue").says("hat queue"))
        .button(Button::new("Leave").presses("leave:1").danger())
        .field("Holder", say!("{}", User::from("U1")))
        .field("Since", "*noon*");
    let [Block::Buttons(buttons), Block::Fields(fields)] = message.blocks.as_slice() else {
        panic!("two blocks, not {:?}", message.blocks);
    };
    assert_eq!((buttons.len(), fields.len()), (2, 2));
}
