//! Nothing that lets somebody speak as the bot is ever written down.

use crate::office::pressable;
use crate::support::{Canary, FOR_EVER, compiled, fixture};
use slack_double::{Channel, ChannelId, Double, Fault, Home, Input, Interaction, Outcome, Settings, SocketState};
use std::fs::{self, File};
use std::process::{Child, Command};
use tempfile::TempDir;

/// The binary as an operator starts it who wants to know everything.
struct Bot {
    folder: TempDir,
    process: Child,
}

impl Bot {
    fn start(double: &Double, plugins: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        for plugin in plugins {
            fs::copy(fixture(plugin), folder.path().join(format!("plugins/{plugin}.wasm"))).expect("copied");
        }
        let settings = format!(
            "[store]\ncache = {:?}\n[slack]\napi_url = {:?}\nmessages_per_second = 0\nconnections = 1\n",
            compiled(),
            double.api_url()
        );
        fs::write(folder.path().join("hatstand.toml"), settings).expect("written");
        let tokens = double.home().tokens;
        let process = Command::new(env!("CARGO_BIN_EXE_hatstand"))
            .arg("run")
            .current_dir(&folder)
            .env("RUST_LOG", "trace,slack_morphism::client=trace")
            .envs([("SLACK_APP_TOKEN", tokens.app), ("SLACK_BOT_TOKEN", tokens.bot)])
            .stderr(File::create(folder.path().join("log")).expect("a log"))
            .spawn()
            .expect("it starts");
        Self { folder, process }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("there is a log")
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A conversation in which everything happens that has a secret in it, and goes wrong once.
struct Conversation {
    double: Double,
    home: Home,
    elsewhere: ChannelId,
    canary: Canary,
}

impl Conversation {
    async fn new() -> Self {
        let double = Double::start(Settings::default()).await.expect("the double starts");
        let home = double.home();
        let channel = Channel { kind: slack_double::ChannelKind::Private, members: vec![home.ada.clone()], ..Channel::named("elsewhere") };
        let elsewhere = double.add_channel(&home.team, channel);
        let mut canary = Canary::default();
        canary.guard(&home.tokens);
        Self { double, home, elsewhere, canary }
    }

    /// The beginning does not go smoothly.
    fn hinder_start(&self) {
        for method in ["auth.test", "apps.connections.open"] {
            for fault in [Fault::Status(500), Fault::Garbage] {
                self.double.fail(method, fault, 1);
            }
        }
    }

    /// The bot is there, however often it had to try.
    async fn connects(&self) {
        let open = |double: &Double| double.sockets(&self.home.app).iter().any(|socket| socket.state == SocketState::Open).then_some(());
        self.double.until(FOR_EVER, open).await.expect("it connects");
    }

    /// The connection breaks, and for a while there is no other.
    async fn breaks_off(&self) {
        self.double.refuse_connections(true);
        let opens = self.double.opens(&self.home.app);
        self.double.sockets(&self.home.app).iter().for_each(|socket| self.double.cut(socket.id));
        let tried = |double: &Double| (double.opens(&self.home.app) > opens + 1).then_some(());
        self.double.until(FOR_EVER, tried).await.expect("it tries");
        self.double.refuse_connections(false);
        self.connects().await;
    }

    async fn mentions(&self) {
        for fault in [Fault::Status(500), Fault::CutBody, Fault::ApiError("internal_error".to_owned())] {
            self.double.fail("chat.postMessage", fault, 1);
        }
        self.double.post(&self.home.general, &self.home.ada, "@hatstand testify");
        self.said(&self.home.general, "Nothing.").await;
    }

    async fn answers_elsewhere(&mut self) {
        for fault in [Fault::Status(500), Fault::CutBefore] {
            self.double.fail("response_url", fault, 1);
        }
        let asked = self.double.slash(&self.elsewhere, &self.home.ada, "/hatstand", "testify");
        self.acknowledged(&asked).await;
        self.said(&self.elsewhere, "Nothing.").await;
    }

    async fn orders(&mut self) {
        self.double.fail("views.open", Fault::Status(500), 1);
        let asked = self.double.slash(&self.home.general, &self.home.ada, "/hatstand", "order later");
        self.acknowledged(&asked).await;
        self.said(&self.home.general, "Hungry?").await;
        let button = self.double.messages(&self.home.general).pop().expect("it is there");
        let (action, input) = pressable(&button.blocks.expect("there is a button"), "Order");
        let pressed = self.double.choose(&self.home.general, button.ts, &action, input, &self.home.ada);
        self.acknowledged(&pressed).await;
        // The first try failed, and took the trigger with it.
        let told = |double: &Double| double.ephemerals(&self.home.ada).pop();
        self.double.until(FOR_EVER, told).await.expect("she is told");
        let pressed = self.double.choose(&self.home.general, button.ts, &action, Input::Press, &self.home.ada);
        self.acknowledged(&pressed).await;
        let form = self.double.until(FOR_EVER, |double| double.views(&self.home.ada).pop()).await.expect("a form is open");
        let sent = self.double.submit(&form.id, &[("what", Input::Text("tea".to_owned()))]);
        self.acknowledged(&sent).await;
        self.said(&self.home.general, "Ada Lovelace ordered by button: what=tea, size=small").await;
    }

    async fn acknowledged(&mut self, interaction: &Interaction) {
        self.canary.guard_ticket(interaction);
        let outcome = interaction.outcome().await;
        assert!(matches!(outcome, Outcome::Acked { .. }), "{outcome:?}");
    }

    async fn said(&self, channel: &ChannelId, text: &str) {
        let said = |double: &Double| double.messages(channel).iter().any(|message| message.text.starts_with(text)).then_some(());
        self.double.until(FOR_EVER, said).await.unwrap_or_else(|| panic!("nobody says {text:?}"));
    }
}

#[tokio::test]
async fn no_secret_is_written_down_whatever_goes_wrong() {
    let mut conversation = Conversation::new().await;
    conversation.hinder_start();
    let bot = Bot::start(&conversation.double, &["witness", "former"]);
    conversation.connects().await;
    conversation.mentions().await;
    conversation.answers_elsewhere().await;
    conversation.breaks_off().await;
    conversation.orders().await;
    conversation.canary.guard_sockets(&conversation.double);
    assert!(bot.log().contains("TRACE"), "it tells a lot");
    conversation.canary.is_silent_in_files(bot.folder.path());
    conversation.canary.is_silent_in_chat(&conversation.double);
}
