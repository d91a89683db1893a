//! `streams.json`: TCP and UDP services, in the form of [`Backend`]s.

use std::borrow::Cow;

use super::backends::{Backend, Port};
use crate::ir::{Stream, Transport};

/// All TCP and UDP services, in the order of the IR.
pub(super) fn view(streams: &[Stream]) -> Vec<Backend<'_>> {
    streams.iter().map(backend).collect()
}

/// Quirk: the name carries the port of the service, but the field `port` the one to listen on, so that names may repeat.
fn backend(stream: &Stream) -> Backend<'_> {
    let transport = match stream.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
    };
    let name = format!("{transport}-{}-{}-{}", stream.namespace, stream.service_name, stream.port);
    Backend::new(Cow::Owned(name), Port::Number(stream.listen), stream.service.as_deref(), &stream.endpoints)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};

    use super::*;
    use crate::ir::{self, Endpoint, Origin};

    fn stream(transport: Transport, listen: i64, port: ir::Port) -> Stream {
        Stream {
            transport,
            listen,
            namespace: "shop".into(),
            service_name: "web".into(),
            port,
            accept_proxy_protocol: false,
            send_proxy_protocol: true,
            endpoints: vec![Endpoint { address: "10.1.0.1".into(), port: "8080".into() }],
            service: None,
            origin: Origin::Default,
        }
    }

    fn expected(name: &str, port: i64) -> Value {
        json!({
            "name": name,
            "port": port,
            "sslPassthrough": false,
            "endpoints": [{"address": "10.1.0.1", "port": "8080"}],
            "sessionAffinityConfig": {"name": "", "mode": "", "cookieSessionAffinity": {"name": ""}},
            "upstreamHashByConfig": {},
            "noServer": false,
            "trafficShapingPolicy": {
                "weight": 0, "weightTotal": 0, "header": "", "headerValue": "", "headerPattern": "", "cookie": "",
            },
        })
    }

    #[test]
    fn streams_are_named_by_their_service_and_listen_on_their_port() {
        let streams = [
            stream(Transport::Tcp, 9000, ir::Port::Number(80)),
            stream(Transport::Tcp, 9001, ir::Port::Number(80)),
            stream(Transport::Udp, 53, ir::Port::Name("dns".into())),
        ];
        let expected = [expected("tcp-shop-web-80", 9000), expected("tcp-shop-web-80", 9001), expected("udp-shop-web-dns", 53)];
        assert_eq!(serde_json::to_value(view(&streams)).unwrap(), json!(expected));
    }
}
