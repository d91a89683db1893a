//! `replay`: which requests of a log are answered otherwise, and what of them is shown.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::program::{Run, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with logs and manifests.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).expect("it can be written");
        self.path(name).to_str().expect("a name").to_owned()
    }

    /// The examples of the shop with something else in them.
    fn shop(&self, name: &str, changes: &[(&str, &str)]) -> String {
        let folder = self.path(name);
        fs::create_dir(&folder).expect("a folder");
        for file in fs::read_dir(root().join("examples/shop")).expect("the examples") {
            let file = file.expect("a file").path();
            let mut text = fs::read_to_string(&file).expect("text");
            for (before, after) in changes {
                text = text.replace(before, after);
            }
            fs::write(folder.join(file.file_name().expect("a name")), text).expect("it can be written");
        }
        folder.to_str().expect("a name").to_owned()
    }
}

/// A line as the controller writes it where nobody says otherwise.
fn line(request: &str, status: u16, upstream: &str, address: &str) -> String {
    format!(
        "198.51.100.7 - - [10/Oct/2025:13:55:36 +0000] \"{request}\" {status} 612 \"-\" \"curl/8.5\" 421 0.004 [{upstream}] [] {address} 612 0.004 {status} 5f3c"
    )
}

/// A line of a format that tells host and scheme.
const WHOLE: &str = r#"$remote_addr "$remote_user" $scheme $host "$request" $status [$proxy_upstream_name] "$upstream_addr""#;

fn whole(url: (&str, &str), request: &str, status: u16, upstream: &str, address: &str) -> String {
    format!("192.0.2.7 \"-\" {} {} \"{request}\" {status} [{upstream}] \"{address}\"\n", url.0, url.1)
}

fn replay(args: &[&str]) -> Run {
    let all: Vec<&str> = ["replay"].into_iter().chain(args.iter().copied()).collect();
    run(root(), &all, "")
}

fn told(args: &[&str]) -> Value {
    let all: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    let found = replay(&all);
    serde_json::from_str(&found.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", found.stdout, found.stderr))
}

const SHOP: (&str, &str) = ("https", "shop.example.com");

#[test]
fn requests_that_a_change_answers_otherwise_are_found_by_routes() {
    let desk = Desk::new();
    let head = desk.shop("head", &[("rewrite-target: /$2", "rewrite-target: /v1/$2"), ("192.0.2.0/24", "203.0.113.0/24")]);
    let admin = ("https", "admin.shop.example.com");
    let log = [
        whole(SHOP, "GET /api/orders?page=7 HTTP/1.1", 200, "shop-api-http", "10.0.0.1:80"),
        whole(SHOP, "GET /api/orders?page=8 HTTP/2.0", 404, "shop-api-http", "10.0.0.1:80"),
        whole(SHOP, "GET /cart HTTP/1.1", 200, "shop-storefront-80", "10.0.0.1:80"),
        whole(admin, "GET / HTTP/1.1", 200, "shop-admin-8080", "10.0.0.1:80"),
        whole(("http", "shop.example.com"), "GET / HTTP/1.1", 308, "shop-storefront-80", "-"),
    ];
    let log = desk.write("access.log", log.concat());
    let told = told(&[&log, "--base", "examples/shop", "--head", &head, "--log-format", WHOLE]);
    assert_eq!(told["counts"]["requests"], 5);
    assert_eq!((&told["counts"]["same"], &told["counts"]["different"]), (&Value::from(2), &Value::from(3)), "{told:#}");
    let groups = told["groups"].as_array().expect("a list");
    assert_eq!(groups.len(), 2, "{told:#}");
    assert_eq!((&groups[0]["requests"], &groups[0]["kinds"][0]), (&Value::from(2), &Value::from("path")));
    assert_eq!(groups[0]["before"]["ingress"], "shop/api");
    assert_eq!(groups[0]["before"]["detail"], "gets GET /orders?page=…");
    assert_eq!(groups[0]["after"]["detail"], "gets GET /v1/orders?page=…");
    assert!(groups[0]["after"]["because"].as_array().expect("a list").iter().any(|because| {
        because["location"]["file"].as_str().is_some_and(|file| file.ends_with("head/ingress.yaml"))
            && because["message"].as_str().is_some_and(|message| message.contains("rewrite-target"))
    }));
    assert!(groups[0]["example"]["line"].as_str().expect("a place").ends_with("access.log:1"));
    assert_eq!(groups[1]["host"], "admin.shop.example.com");
    assert_eq!(groups[1]["after"]["status"], 403);
    assert_eq!(groups[1]["kinds"], serde_json::json!(["status", "protection"]));
}

#[test]
fn exit_codes_tell_what_was_found() {
    let desk = Desk::new();
    let log = desk.write("access.log", whole(SHOP, "GET / HTTP/1.1", 200, "shop-storefront-80", "10.0.0.1:80"));
    let head = desk.shop("head", &[("name: storefront\n                port", "name: api\n                port")]);
    let same = replay(&[&log, "--base", "examples/shop", "--head", "examples/shop", "--log-format", WHOLE]);
    assert_eq!(same.code, Some(0), "{}{}", same.stdout, same.stderr);
    assert!(same.stdout.starts_with("all of 1 request are answered as before"), "{}", same.stdout);
    let other = replay(&[&log, "--base", "examples/shop", "--head", &head, "--log-format", WHOLE]);
    assert_eq!(other.code, Some(1), "{}{}", other.stdout, other.stderr);
    for (args, message) in [
        (vec![log.as_str()], "there is nothing to compare the log with"),
        (vec!["no-such.log", "examples/shop"], "no-such.log"),
        (vec![log.as_str(), "examples/shop", "--log-format", "$status"], "tells no requests"),
        (vec![log.as_str(), "examples/shop"], "no line of the log is of its format"),
        (vec![log.as_str(), "examples/shop", "--live", "examples/rendered/shop"], "is no log"),
    ] {
        let found = replay(&args);
        assert_eq!(found.code, Some(2), "{args:?}: {}{}", found.stdout, found.stderr);
        assert!(found.stderr.contains(message), "{args:?}: {}", found.stderr);
    }
}

#[test]
fn what_ran_is_compared_with_what_is_declared() {
    let desk = Desk::new();
    let log = [
        line("GET /cart HTTP/1.1", 200, "shop-storefront-80", "10.0.0.1:80"),
        line("GET /cart HTTP/1.1", 308, "shop-storefront-80", "-"),
        line("GET /api/x HTTP/1.1", 503, "shop-api-http", "-"),
        line("GET / HTTP/1.1", 200, "shop-cellar-80", "10.0.0.1:80"),
        line("GET /cart HTTP/1.1", 418, "shop-storefront-80", "-"),
        line("\\x16\\x03\\x01", 400, "", "-"),
        String::from("I1010 13:55:36.123456       7 main.go:49] starting"),
        String::from("something else"),
    ];
    let log = desk.write("access.log", log.join("\n"));
    for side in [vec![log.as_str(), "examples/shop"], vec![log.as_str(), "--live", "examples/rendered/shop"]] {
        let told = told(&side);
        let counts = &told["counts"];
        assert_eq!(
            (&counts["lines"], &counts["requests"], &counts["of_programs"], &counts["unread"]),
            (&8.into(), &6.into(), &1.into(), &1.into())
        );
        assert_eq!((&counts["same"], &counts["different"]), (&3.into(), &2.into()), "{told:#}");
        assert_eq!(counts["not_compared"]["no-request"], 1);
        let drift: Vec<String> =
            told["groups"].as_array().expect("a list").iter().map(|group| group["before"]["what"].to_string()).collect();
        assert_eq!(drift, ["\"shop-cellar-80\"", "\"answered 418 without a backend\""], "{told:#}");
        assert!(told["unread"][0].as_str().expect("a place").ends_with("access.log:8"));
    }
}

#[test]
fn requests_to_other_ports_are_no_drift() {
    let desk = Desk::new();
    let server =
        "server { listen 8081; server_name metrics.example.com; location / { set $proxy_upstream_name shop-storefront-80; return 204; } }";
    let conf = fs::read_to_string(root().join("examples/rendered/shop/nginx.conf")).expect("text");
    let at = conf.find("http {").expect("a block") + "http {".len();
    let live = desk.write("nginx.conf", format!("{}\n{server}\n{}", &conf[..at], &conf[at..]));
    // Where the port is not told, it may have been any; where it is, it was that one.
    let log = desk.write("access.log", line("GET /metrics HTTP/1.1", 204, "shop-storefront-80", "-"));
    let counts = told(&[&log, "--live", &live])["counts"].clone();
    assert_eq!((&counts["same"], &counts["different"]), (&1.into(), &0.into()), "{counts:#}");
    let format = r#"$server_port $host "$request" $status [$proxy_upstream_name] "$upstream_addr""#;
    for (port, different) in [("8081", 0), ("80", 1)] {
        let log =
            desk.write("access.log", format!("{port} metrics.example.com \"GET /metrics HTTP/1.1\" 204 [shop-storefront-80] \"-\"\n"));
        let counts = told(&[&log, "--live", &live, "--log-format", format])["counts"].clone();
        assert_eq!(counts["different"], different, "{port}: {counts:#}");
    }
}

#[test]
fn a_host_that_is_not_told_is_never_guessed() {
    let desk = Desk::new();
    let log = [
        // One host leads there.
        line("GET /cart HTTP/1.1", 200, "shop-storefront-80", "10.0.0.1:80"),
        // Any host may.
        line("GET /x HTTP/1.1", 404, "shop-lost-80", "10.0.0.1:80"),
        line("GET /x HTTP/1.1", 200, "", "10.0.0.1:80"),
    ];
    let log = desk.write("access.log", log.join("\n"));
    let told = told(&[&log, "--base", "examples/shop", "--head", "examples/shop"]);
    assert_eq!((&told["counts"]["same"], &told["counts"]["not_compared"]["host-unknown"]), (&1.into(), &2.into()), "{told:#}");
    assert!(
        told["notes"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|note| note.as_str().is_some_and(|note| note.starts_with("the log does not tell hosts")))
    );
}

#[test]
fn no_values_of_requests_are_shown_unless_asked_for() {
    let desk = Desk::new();
    let head = desk.shop(
        "head",
        &[("rewrite-target: /$2", "rewrite-target: /v1/$2"), ("name: storefront\n                port", "name: api\n                port")],
    );
    let secret = "c4n4ry-5ecret-t0ken-91";
    let log = [
        whole(SHOP, &format!("GET /api/{secret}/orders?{secret}&token={secret} HTTP/1.1"), 200, "shop-api-http", "10.0.0.1:80"),
        whole(SHOP, &format!("GET /reset/{secret}?q={secret} HTTP/1.1"), 200, "shop-storefront-80", "10.0.0.1:80"),
        whole(SHOP, &format!("GET /users/{secret}@example.com HTTP/1.1"), 200, "shop-storefront-80", "10.0.0.1:80"),
        format!("{secret}\n"),
    ];
    let log = desk.write("access.log", log.concat());
    for format in ["text", "json", "markdown"] {
        let args = [log.as_str(), "--base", "examples/shop", "--head", &head, "--log-format", WHOLE, "--format", format];
        let found = replay(&args);
        assert_eq!(found.code, Some(1), "{}", found.stderr);
        for shown in [&found.stdout, &found.stderr] {
            assert!(!shown.contains(secret) && !shown.contains("192.0.2.7"), "{format}: {shown}");
        }
        let asked: Vec<&str> = args.into_iter().chain(["--show-requests"]).collect();
        assert!(replay(&asked).stdout.contains(&format!("token={secret}")), "{format}");
    }
}

#[test]
fn logs_are_read_as_they_are_rotated() {
    let desk = Desk::new();
    let text: String =
        (0..1000).map(|at| whole(SHOP, &format!("GET /cart/{at} HTTP/1.1"), 200, "shop-storefront-80", "10.0.0.1:80")).collect();
    let packed = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).expect("it is packed");
        gzip.finish().expect("it is packed")
    };
    let zstd = |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0], b"abc".as_slice()].concat();
    let logs = [
        desk.write("a.log", &text),
        // Files that were put behind each other.
        desk.write("b.gz", [packed(&text), packed(&text)].concat()),
        desk.write("c.zst", [skipped, zstd(&text), zstd(&text)].concat()),
    ];
    let args = |log: &str| told(&[log, "examples/shop", "--log-format", WHOLE])["counts"]["same"].clone();
    assert_eq!([args(&logs[0]), args(&logs[1]), args(&logs[2])], [Value::from(1000), Value::from(2000), Value::from(2000)]);
    let all = told(&[&logs[0], &logs[1], &logs[2], "examples/shop", "--log-format", WHOLE]);
    assert_eq!(all["counts"]["same"], 5000);
    let found = run(root(), &["replay", "-", "examples/shop", "--log-format", WHOLE, "--format", "json"], &text);
    assert_eq!(serde_json::from_str::<Value>(&found.stdout).expect("JSON")["counts"]["same"], 1000);
    // What is cut off is said, and the rest counts.
    let cut = packed(&text);
    let broken = desk.write("d.gz", &cut[..cut.len() / 2]);
    let found = replay(&[&broken, &logs[0], "examples/shop", "--log-format", WHOLE]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    assert!(
        found.stderr.contains("d.gz` cannot be read") && found.stdout.contains("requests ran as is declared"),
        "{}{}",
        found.stdout,
        found.stderr
    );
}

#[test]
fn the_format_is_that_of_the_config_map() {
    let desk = Desk::new();
    let format = r#"{"host": "$host", "scheme": "$scheme", "request": "$request", "status": $status, "upstream": "$proxy_upstream_name", "address": "$upstream_addr"}"#;
    let settings = format!("log-format-escape-json: \"true\"\n  log-format-upstream: '{format}'\n");
    let head = desk.shop("head", &[("  server-tokens: \"false\"\n", &format!("  server-tokens: \"false\"\n  {settings}"))]);
    assert!(
        fs::read_to_string(Path::new(&head).join("controller.yaml")).expect("text").contains("log-format-upstream"),
        "the example has other settings"
    );
    let log = [
        r#"{"host": "shop.example.com", "scheme": "https", "request": "GET /a\"b HTTP/1.1", "status": 200, "upstream": "shop-storefront-80", "address": "10.0.0.1:80"}"#,
        r#"{"address":"10.0.0.1:80","host":"shop.example.com","more":{},"request":"GET / HTTP/1.1","scheme":"https","status":200,"upstream":"shop-storefront-80"}"#,
    ];
    let log = desk.write("access.log", log.join("\n"));
    assert_eq!(told(&[&log, &head])["counts"]["same"], 2);
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    let desk = Desk::new();
    let head = desk.shop("head", &[("rewrite-target: /$2", "rewrite-target: /v1/$2")]);
    let text: String =
        (0..20_000).map(|at| whole(SHOP, &format!("GET /api/{}?x={at} HTTP/1.1", at % 97), 200, "shop-api-http", "10.0.0.1:80")).collect();
    let log = desk.write("access.log", text);
    let once = || replay(&[&log, "--base", "examples/shop", "--head", &head, "--log-format", WHOLE, "--format", "json"]).stdout;
    assert_eq!(once(), once());
}

#[test]
fn words_are_of_what_was_given() {
    let desk = Desk::new();
    let line = |status: u16| whole(SHOP, "GET /api/a HTTP/1.1", status, "shop-api-http", "10.0.0.1:80");
    let log = desk.write("access.log", [line(200), whole(SHOP, "GET /api/a HTTP/1.1", 200, "shop-other-80", "10.0.0.1:80")].concat());
    for (side, says, word) in [
        (&["examples/shop"][..], "than is declared", "\n  declared "),
        (&["--live", "examples/rendered/shop"][..], "than the live configuration says", "\n  live "),
    ] {
        let args = [&[log.as_str()][..], side, &["--log-format", WHOLE]].concat();
        let found = replay(&args).stdout;
        let declares = side.len() == 1;
        assert!(found.contains(says) && found.contains(word) && found.contains("declared") == declares, "{side:?}: {found}");
        let marked = replay(&[&args[..], &["--format", "markdown"]].concat()).stdout;
        assert!(marked.contains(says) && marked.to_lowercase().contains("declared") == declares, "{side:?}: {marked}");
    }
}
