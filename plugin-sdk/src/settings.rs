//! What the operator has set for the plugin.

use crate::host::settings as host;
use crate::message::Message;
use crate::plugin::declared;
use crate::{Context, Error, Result};
use hatstand_common::value::Value;

pub use hatstand_plugin_macros::Settings;

/// A plugin's settings as a type of its own, by `#[derive(Settings)]`; read with [`Context::settings`].
///
/// Each field is a setting: its name is the field's, its doc comment says what it is for, its type is one that people can type, or an
/// `Option` of one. The host checks what an operator sets before the plugin sees it.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// #[derive(Choice)]
/// enum Handoff {
///     Offer,
///     GiveAtOnce,
/// }
///
/// #[derive(Settings)]
/// struct Config {
///     /// What happens when a hold ends while others wait.
///     #[setting(default = "offer")]
///     handoff: Handoff,
///     /// The longest that anybody may hold; unlimited if it is not set.
///     max: Option<Duration>,
/// }
///
/// /// Who has what.
/// #[derive(Plugin)]
/// #[plugin(settings(Config))]
/// struct Dibs;
///
/// #[commands]
/// impl Dibs {
///     /// How long may I have it?
///     #[command("limits")]
///     fn limits(cx: &mut Context) -> Result<Reply> {
///         let config = cx.settings::<Config>()?;
///         Ok(match config.max {
///             Some(max) => Reply::say(say!("At most {max}.")),
///             None => Reply::say("As long as you like."),
///         })
///     }
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of settings",
    label = "not settings",
    note = "put `#[derive(Settings)]` on the struct"
)]
pub trait Settings: Sized {
    /// The settings as data.
    #[doc(hidden)]
    const DECLARED: &'static [declared::Setting];

    /// Reads them all.
    ///
    /// # Errors
    ///
    /// [Refused](Error::Refused), naming the setting, if one that is not an `Option` is neither set nor has a default.
    fn read(cx: &Context) -> Result<Self>;
}

/// A setting that may be unset.
#[doc(hidden)]
pub fn optional<T>(name: &str, read: fn(Value) -> Result<T>) -> Result<Option<T>> {
    let Some(value) = host::get(name) else {
        return Ok(None);
    };
    let read = read(Value::from(value)).map_err(|_| Error::broken(format_args!("the setting `{name}` is of another type")))?;
    Ok(Some(read))
}

/// A setting that the plugin cannot do without.
#[doc(hidden)]
pub fn required<T>(name: &str, read: fn(Value) -> Result<T>) -> Result<T> {
    optional(name, read)?.ok_or_else(|| Error::refused(Message::markdown(format!("For this, whoever operates me has to set `{name}`."))))
}
