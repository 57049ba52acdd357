//! Everybody's own page of the bot.

use crate::office::{Office, pressable};
use slack_double::{UserId, View};

impl Office {
    async fn opens_page(&self, who: &UserId) -> String {
        self.double.open_home(&self.home.app, who);
        self.settles().await;
        self.page(who).content["blocks"].to_string()
    }

    fn page(&self, who: &UserId) -> View {
        self.double.home_view(&self.home.app, who).expect("there is a page")
    }

    async fn presses_on_page(&self, who: &UserId, label: &str) {
        let page = self.page(who);
        let (action, input) = pressable(&page.content["blocks"], label);
        self.acknowledged(&self.double.choose_in_view(&page.id, &action, input)).await;
    }
}

#[tokio::test]
async fn the_page_shows_the_hats_of_whoever_opens_it() {
    let office = Office::with(&["hat"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    assert!(office.opens_page(ada).await.contains("You wear no hat"));
    office.says(general, ada, "@hatstand hat on").await;
    let (adas, bens) = (office.opens_page(ada).await, office.opens_page(ben).await);
    assert!(adas.contains("Take it off") && adas.contains(general.as_str()), "{adas}");
    assert!(bens.contains("You wear no hat"), "{bens}");
    office.finish().await;
}

#[tokio::test]
async fn a_press_on_the_page_acts_and_refreshes_it() {
    let office = Office::with(&["hat"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand hat on").await;
    office.opens_page(ada).await;
    office.presses_on_page(ada, "Take it off").await;
    let page = office.page(ada).content["blocks"].to_string();
    assert!(page.contains("You wear no hat"), "{page}");
    assert_eq!(office.says(general, ada, "@hatstand hat on").await.len(), 1, "it was off");
    office.finish().await;
}

#[tokio::test]
async fn a_press_on_a_page_from_before_a_restart_acts_too() {
    let mut office = Office::with(&["hat"]).await;
    let (general, ada) = (office.home.general.clone(), office.home.ada.clone());
    office.says(&general, &ada, "@hatstand hat on").await;
    office.opens_page(&ada).await;
    office.reopen().await;
    office.presses_on_page(&ada, "Take it off").await;
    assert!(office.page(&ada).content["blocks"].to_string().contains("You wear no hat"));
    office.finish().await;
}
