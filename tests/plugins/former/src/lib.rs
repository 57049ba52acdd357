//! A plugin that asks with forms.

use hatstand_plugin::prelude::*;

/// Takes orders.
#[derive(Plugin)]
struct Former;

#[commands]
impl Former {
    /// Order something.
    #[command("order")]
    fn order(cx: &mut Context) -> Result<Reply> {
        open(cx, "by command")
    }

    /// Put up a button to order with.
    #[command("order later")]
    fn later(_cx: &mut Context) -> Result<Reply> {
        Ok(Message::from("Hungry?").button(Button::new("Order").presses("order:by button")).into())
    }

    #[press("order")]
    fn pressed(cx: &mut Context, how: String) -> Result<Reply> {
        open(cx, &how)
    }

    #[form("order")]
    fn ordered(cx: &mut Context, order: Submission) -> Result<Reply> {
        let filled: Vec<String> = order.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(Reply::say(say!("{} ordered {}: {}", cx.user()?, order.rest(), filled.join(", "))))
    }
}

fn open(cx: &Context, how: &str) -> Result<Reply> {
    let form = Form::new(format!("order:{how}"), "Your order")
        .input(Input::line("what", "What?"))
        .input(Input::paragraph("wishes", "Wishes?").optional())
        .input(Input::choice("size", "How big?", ["small", "big"]).initially("small"))
        .input(Input::person("for", "For whom?").optional())
        .input(Input::channel("where", "Where?").optional());
    cx.chat().open_form(form)?;
    Ok(Reply::nothing())
}
