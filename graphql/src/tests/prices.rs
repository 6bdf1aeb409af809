//! Prices: which is in force, the workspace's own, and what spans cost by them.

use serde_json::{Value, json};

use super::world::{World, span};

const SET: &str = "mutation($prices: [PriceInput!]!) { setPrices(prices: $prices) }";
const PRICE: &str =
    "query($model: String!, $at: Timestamp) { price(provider: \"openai\", model: $model, at: $at) {
    version rates { item perMillion } tiers { aboveTokens rates { perMillion } } } }";

fn price(model: &str, from: &str, input: &str) -> Value {
    json!({
        "key": { "provider": "openai", "model": model, "effectiveFrom": from },
        "rates": [{ "item": "INPUT", "perMillion": input }],
    })
}

async fn used(world: &World, number: u64, model: &str) {
    let mut write = span(number, 1);
    write.fields.model = Some(model.to_owned());
    write.fields.provider = Some("openai".to_owned());
    write.fields.usage = Some([("prompt_tokens".to_owned(), 1_000_000)].into());
    world.spans(vec![write]).await;
}

async fn costs(world: &World) -> Value {
    let id = super::world::trace_id(1).to_string();
    let query = "query($id: ID!) { trace(id: $id) { cost spans { nodes { cost costVersion } } } }";
    world.ask(query, json!({ "id": id })).await["trace"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_and_its_trace_cost_what_the_table_says() {
    let world = World::open();
    world.traces([1]).await;
    used(&world, 1, "gpt-3.5-turbo").await;
    used(&world, 2, "nobodys-model").await;
    let public =
        world.ask("{ publicPrices { version date models } }", json!({})).await["publicPrices"].clone();
    assert!(public["models"].as_u64().unwrap() > 1_500);
    let priced = json!({ "cost": 0.5, "costVersion": public["version"] });
    let unknown = json!({ "cost": null, "costVersion": null });
    assert_eq!(costs(&world).await, json!({ "cost": 0.5, "spans": { "nodes": [priced, unknown] } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_price_is_in_force_from_its_day_on() {
    let world = World::open();
    let set = json!({ "prices": [price("gpt-3.5-turbo", "2023-01-01T00:00:00Z", "7")] });
    world.ask(SET, set).await;
    let ask = |at: &'static str| world.ask(PRICE, json!({ "model": "GPT-3.5-turbo", "at": at }));
    let own = ask("2023-01-01T00:00:00Z").await["price"].clone();
    assert_eq!(own["rates"], json!([{ "item": "INPUT", "perMillion": "7" }]));
    let public = ask("2022-12-31T23:59:59Z").await["price"].clone();
    assert_eq!(public["rates"][0], json!({ "item": "INPUT", "perMillion": "0.5" }));
    let list = "{ ownPrices { total items { provider model version setBy } } }";
    let listed = world.ask(list, json!({})).await["ownPrices"].clone();
    assert_eq!((&listed["total"], &listed["items"][0]["version"]), (&json!(1), &own["version"]));
    let remove = "mutation { removePrices(keys: [{ provider: \"openai\", model: \"gpt-3.5-turbo\",
        effectiveFrom: \"2023-01-01T00:00:00Z\" }]) }";
    world.ask(remove, json!({})).await;
    assert_eq!(ask("2023-01-01T00:00:00Z").await["price"], public);
    let wrong = json!({ "prices": [price("m", "2023-01-01T00:00:00Z", "cheap")] });
    assert_eq!(world.refusal(SET, wrong).await.0, "`cheap` is no price; write a decimal such as `2.5`");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_priced_anew_only_when_somebody_asks() {
    let world = World::open();
    world.traces([1]).await;
    used(&world, 1, "gpt-3.5-turbo").await;
    world.ask(SET, json!({ "prices": [price("gpt-3.5-turbo", "1970-01-01T00:00:00Z", "7")] })).await;
    assert_eq!(costs(&world).await["cost"], json!(0.5));
    let reprice = "mutation($from: Timestamp!) { repriceSpans(from: $from) { id endedAt } }";
    world.ask(reprice, json!({ "from": "2020-01-01T00:00:00Z" })).await;
    let list = "{ repricings { seen changed endedAt } }";
    let ended = loop {
        let repricing = world.ask(list, json!({})).await["repricings"][0].clone();
        if repricing["endedAt"] != Value::Null {
            break repricing;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((&ended["seen"], &ended["changed"]), (&json!(1), &json!(1)));
    let now = costs(&world).await;
    assert_eq!((&now["cost"], &now["spans"]["nodes"][0]["cost"]), (&json!(7.0), &json!(7.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_need_their_permission() {
    let world = World::open();
    let reader = world.limited(&["price_read"]);
    let answer =
        world.respond(&reader, SET, json!({ "prices": [price("m", "2023-01-01T00:00:00Z", "1")] })).await;
    assert_eq!(super::world::only_error(&answer).1["code"], json!("FORBIDDEN"));
}
