//! Where programs may send: this machine, and what the performer's own configuration names.
//!
//! A program can come from a stranger. It says where it would like to send; whether it may is the
//! performer's word alone, given on the command line (`--allow-send`) or in the configuration.

use crate::config;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// Addresses to which a program may send.
#[derive(Clone, Debug, Default)]
pub struct Permit {
    /// What the command line named.
    named: Vec<Target>,
    /// The configuration, read again at each question so that a correction counts at once.
    file: Option<PathBuf>,
    everything: bool,
}

impl Permit {
    /// This machine, what is `named`, and what the configuration in `file` names.
    pub fn new(named: Vec<Target>, file: Option<PathBuf>) -> Permit {
        Permit { named, file, everything: false }
    }

    /// Any address: where nothing is really sent, as in rendering.
    pub fn everything() -> Permit {
        Permit { everything: true, ..Permit::default() }
    }

    /// Whether a program may send to what it calls `address` (`host:port`). Looks nothing up: a
    /// name that is not allowed is not even asked for.
    ///
    /// # Errors
    /// With what the performer can do to allow it.
    pub fn allows(&self, address: &str) -> Result<(), String> {
        if self.everything || is_local(address) || matches(&self.named, address) {
            return Ok(());
        }
        let configured = self.file.as_deref().map(config::read).transpose()?.unwrap_or_default();
        if matches(&configured.send, address) {
            return Ok(());
        }
        let place = self.file.as_ref().map_or_else(String::new, |file| {
            format!(", or write  send = [\"{address}\"]  into {}", file.display())
        });
        Err(format!(
            "`{address}` is another machine, and a program may send there only with your own leave: \
             start mag with `--allow-send {address}`{place}"
        ))
    }
}

fn matches(targets: &[Target], address: &str) -> bool {
    targets.iter().any(|target| target.covers(address))
}

/// Splits `host:port`, `[v6]:port` and a bare host.
fn split(address: &str) -> (&str, Option<u16>) {
    let bare_v6 = address.matches(':').count() > 1 && !address.starts_with('[');
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !bare_v6 && !address.ends_with(']') => (host, port.parse().ok()),
        _ => (address, None),
    };
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

fn is_local(address: &str) -> bool {
    let (host, _) = split(address.trim());
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Whether an address, once looked up, is what was allowed: `localhost` is this machine only.
///
/// # Errors
/// If a name of this machine leads elsewhere.
pub fn stays_local(address: &str, found: SocketAddr) -> Result<(), String> {
    if is_local(address) && !found.ip().to_canonical().is_loopback() {
        return Err(format!("`{address}` leads to {found}, which is not this machine"));
    }
    Ok(())
}

/// A host by name or address, or a network (`10.0.0.0/8`); with a port only that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    /// Addresses that agree in so many leading bits.
    Net(IpAddr, u8),
}

impl Target {
    fn covers(&self, address: &str) -> bool {
        let (host, port) = split(address.trim());
        let same_port = self.port.is_none_or(|own| port == Some(own));
        same_port
            && match (&self.host, host.parse::<IpAddr>()) {
                (Host::Name(name), Err(_)) => name.eq_ignore_ascii_case(host),
                (Host::Net(net, bits), Ok(ip)) => agrees(*net, ip.to_canonical(), *bits),
                _ => false,
            }
    }
}

/// Whether two addresses of one family agree in their first `bits` bits.
fn agrees(a: IpAddr, b: IpAddr, bits: u8) -> bool {
    let leading = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, 32),
        IpAddr::V6(ip) => (u128::from(ip), 128),
    };
    let ((a, family), (b, other)) = (leading(a), leading(b));
    let kept = bits.min(family);
    family == other && (kept == 0 || (a ^ b) >> (128 - u32::from(kept)) == 0)
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Target {
        let ip = address.ip().to_canonical();
        let bits = if ip.is_ipv4() { 32 } else { 128 };
        Target { host: Host::Net(ip, bits), port: Some(address.port()) }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        let wrong = || {
            format!(
                "`{text}` is no place to send to: expected host, host:port or a network \
                 such as 192.168.1.0/24"
            )
        };
        let text = text.trim();
        let (whole, bits) = match text.split_once('/') {
            Some((net, bits)) => (net, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let (host, port) = split(whole);
        let full = |ip: IpAddr| if ip.is_ipv4() { 32 } else { 128 };
        let host = match (host.parse::<IpAddr>(), bits) {
            (Ok(ip), bits) if bits.is_none_or(|b| b <= full(ip)) => {
                Host::Net(ip.to_canonical(), bits.unwrap_or_else(|| full(ip.to_canonical())))
            }
            (Err(_), None) if is_name(host) => Host::Name(host.to_owned()),
            _ => return Err(wrong()),
        };
        Ok(Target { host, port })
    }
}

fn is_name(host: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    !host.is_empty() && host.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permit(named: &[&str]) -> Permit {
        Permit::new(named.iter().filter_map(|text| text.parse().ok()).collect(), None)
    }

    #[test]
    fn this_machine_is_always_allowed() {
        for local in ["127.0.0.1:9000", "127.8.1.2:1", "localhost:57120", "[::1]:9000"] {
            assert!(permit(&[]).allows(local).is_ok(), "{local}");
        }
    }

    #[test]
    fn other_machines_are_not_unless_named() {
        let strangers = [
            "192.168.1.5:9000",
            "example.org:9000",
            "0.0.0.0:9000",
            "255.255.255.255:9000",
            "[::ffff:10.0.0.1]:9000",
            "localhost.example.org:9000",
            "127.0.0.1.example.org:9000",
            "224.0.0.1:9000",
            "2130706433:9000",
        ];
        for address in strangers {
            let refusal = permit(&[]).allows(address);
            assert!(refusal.is_err_and(|why| why.contains("--allow-send")), "{address}");
        }
    }

    #[test]
    fn what_is_named_is_allowed_and_no_more() {
        let permit = permit(&["192.168.1.20:57120", "beamer.local", "10.0.0.0/8", "fd00::/8"]);
        for address in [
            "192.168.1.20:57120",
            "beamer.local:1",
            "Beamer.Local:2",
            "10.200.0.1:7",
            "[fd12::1]:7",
        ] {
            assert!(permit.allows(address).is_ok(), "{address}");
        }
        for address in [
            "192.168.1.20:57121",
            "192.168.1.2:57120",
            "x.beamer.local:1",
            "11.0.0.1:7",
            "[fe00::1]:7",
        ] {
            assert!(permit.allows(address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_correction_of_the_configuration_counts_at_once() -> std::io::Result<()> {
        let file = std::env::temp_dir().join(format!("mag-permit-{}.toml", std::process::id()));
        let permit = Permit::new(Vec::new(), Some(file.clone()));
        assert!(permit.allows("10.0.0.1:9000").is_err(), "there is no such file");
        std::fs::write(&file, "send = [\"10.0.0.1\"]\n")?;
        let allowed = permit.allows("10.0.0.1:9000");
        std::fs::write(&file, "send = \"10.0.0.1")?;
        let broken = permit.allows("10.0.0.1:9000");
        std::fs::remove_file(&file)?;
        assert!(allowed.is_ok());
        assert!(broken.is_err_and(|why| why.contains("line 1")));
        Ok(())
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "10.0.0.0/33", "a b", "example.org/8", "http://x"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
