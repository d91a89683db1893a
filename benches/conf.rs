//! How fast a large configuration is read, printed and compared.

use std::fmt::Write as _;

use divan::counter::BytesCount;
use ingressc::conf;
use ingressc::diff;
use ingressc::source::FileId;

fn main() {
    divan::main();
}

/// About 6 KB a server, shaped as the controller writes them.
fn text(servers: usize) -> String {
    let mut out = String::from("events {\n\tworker_connections 16384;\n}\nhttp {\n");
    for server in 0..servers {
        // Writing into a String cannot fail.
        let _ = write!(
            out,
            "\n\t## start server s{server}.example.com\n\tserver {{\n\t\tserver_name s{server}.example.com;\n\t\tlisten 80  ;\n\t\tlisten 443  ssl http2 ;\n\n"
        );
        out.push_str("\t\tset $proxy_upstream_name \"-\";\n\n\t\tssl_certificate_by_lua_block {\n\t\t\tcertificate.call() -- {\n\t\t}\n\n");
        for location in 0..4 {
            let _ = write!(
                out,
                "\t\tlocation ~* \"^/api/v{location}(/|$)(.*)\" {{\n\n\t\t\tset $ingress_name   \"shop-{server}\";\n\t\t\tset $location_path  \"/api/v{location}(/|${{literal_dollar}})(.*)\";\n"
            );
            for header in 0..12 {
                let _ = writeln!(out, "\t\t\tproxy_set_header X-Header-{header}                   $http_x_header_{header};");
            }
            out.push_str("\t\t\t# In case of errors try the next upstream server before returning an error\n\t\t\tproxy_next_upstream                     error timeout;\n");
            out.push_str("\t\t\tif ($request_method = 'OPTIONS') {\n\t\t\t\treturn 204;\n\t\t\t}\n\t\t\tproxy_pass http://upstream_balancer;\n\t\t}\n\n");
        }
        let _ = write!(out, "\t}}\n\t## end server s{server}.example.com\n");
    }
    out.push_str("}\n");
    out
}

const SERVERS: usize = 2_000;

#[divan::bench]
fn parse(bencher: divan::Bencher<'_, '_>) {
    let text = text(SERVERS);
    bencher.counter(BytesCount::of_str(&text)).bench(|| conf::parse(FileId(0), &text));
}

#[divan::bench]
fn print(bencher: divan::Bencher<'_, '_>) {
    let text = text(SERVERS);
    let tree = conf::parse(FileId(0), &text).value;
    bencher.counter(BytesCount::of_str(&text)).bench(|| conf::print(&tree));
}

#[divan::bench]
fn compare_equal(bencher: divan::Bencher<'_, '_>) {
    let text = text(SERVERS);
    let tree = conf::parse(FileId(0), &text).value;
    bencher.counter(BytesCount::of_str(&text)).bench(|| diff::compare(&tree, &tree));
}

#[divan::bench]
fn compare_with_one_server_more(bencher: divan::Bencher<'_, '_>) {
    let (text, more) = (text(SERVERS), text(SERVERS).replacen("http {\n", "http {\n server { server_name x.org; }\n", 1));
    let (tree, longer) = (conf::parse(FileId(0), &text).value, conf::parse(FileId(1), &more).value);
    bencher.counter(BytesCount::of_str(&text)).bench(|| diff::compare(&longer, &tree));
}
