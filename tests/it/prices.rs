//! `cairn prices`: a file of prices goes in and comes out, with a server and without.

use std::process::Output;

use serde_json::{Value, json};

use crate::binary::{Server, cairn, folder};

const CSV: &str = "provider,model,effective_from,input,output,cache_read,tiers
openai,gpt-4o,2026-01-31,2.5,10,1.25,>200000 in=5 out=20
,home-made,,0.1,,,
";

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn prices_go_in_and_come_out_with_and_without_a_server() {
    let (data, files) = (folder(), folder());
    let (csv, json) = (files.path().join("prices.csv"), files.path().join("prices.json"));
    std::fs::write(&csv, CSV).unwrap();
    let server = Server::start(data.path());
    let import =
        |file: &std::path::Path| said(&cairn(data.path(), &["prices", "--import", file.to_str().unwrap()]));
    assert_eq!(import(&csv), "2 prices set\n");
    let by_server = said(&cairn(data.path(), &["prices", "--export"]));
    assert!(server.terminate().success());
    let exported = said(&cairn(data.path(), &["prices", "--export"]));
    assert_eq!(by_server, exported);
    assert_eq!(
        exported,
        "provider,model,effective_from,input,output,cache_read,cache_write,cache_write_hour,reasoning,audio_input,\
         audio_output,input_characters,video_seconds,tiers\n\
         ,home-made,,0.1,,,,,,,,,,\n\
         openai,gpt-4o,2026-01-31T00:00:00Z,2.5,10,1.25,,,,,,,,>200000 in=5 out=20\n"
    );
    let exported = said(&cairn(data.path(), &["prices", "--export", "--json"]));
    let prices: Value = serde_json::from_str(&exported).unwrap();
    assert_eq!(prices["prices"][0], json!({ "provider": "", "model": "home-made", "input": 0.1 }));
    // What goes in again as it came out changes nothing; nobody serves the folder now.
    std::fs::write(&json, exported).unwrap();
    assert_eq!(import(&json), "2 prices set\n");
    let log = said(&cairn(data.path(), &["log"]));
    assert_eq!(log.lines().filter(|line| line.contains("\"price_put\"")).count(), 2);
}

#[test]
fn a_file_with_a_mistake_sets_nothing_and_names_it() {
    let (data, files) = (folder(), folder());
    assert!(Server::start(data.path()).terminate().success());
    let file = files.path().join("prices.csv");
    for (text, mistake) in [
        ("model,input\na,cheap\n", "`cheap` is no amount"),
        ("model,input\na,-1\n", "prices[0]: `-1` is no price: amounts are zero or more"),
        ("model,input,effective_from\na,1,soon\n", "prices[0]: `soon` is no time"),
        ("model,input,tiers\na,1,more\n", "prices[0]: tiers `more` cannot be read"),
        ("model,input\na,1\nb,\n", "prices[1].rates must not be empty"),
        ("model,inptu\na,1\n", "unknown field `inptu`"),
        ("{\"prices\": [{}]}", "missing field `model`"),
    ] {
        std::fs::write(&file, text).unwrap();
        let told = refused(&cairn(data.path(), &["prices", "--import", file.to_str().unwrap()]));
        assert!(told.contains(mistake) && told.contains("prices.csv"), "{told}");
    }
    assert_eq!(said(&cairn(data.path(), &["prices", "--export", "--json"])), "{\n  \"prices\": []\n}\n");
}
