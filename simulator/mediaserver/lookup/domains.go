package lookup

import "strings"

// Domains that answer since 1.1.2; before, there was only GatewayDomain.
// Source: release notes 1.1.2; fidelity: documented.
var Domains = [...]string{
	"miniapp-1.agoraio.cn", "miniapp-2.agoraio.cn", "miniapp-3.agoraio.cn", "miniapp-4.agoraio.cn",
}

// GatewayDomain carries the gateways' WebSockets, and was the one lookup domain
// before 1.1.2. Source: shipped SDK files of 2018 and later; fidelity: observed.
const GatewayDomain = "miniapp.agoraio.cn"

// EdgeDomains answer since 2.5.2, for all products of the vendor's.
// Source: shipped SDK files 2.5.2 and 2.6.4; fidelity: observed.
var EdgeDomains = [...]string{
	"uap-ap-web-1.agora.io", "uap-ap-web-2.agoraio.cn", "uap-ap-web-3.agora.io", "uap-ap-web-4.agoraio.cn",
}

// TelemetryDomains take reports of what clients do: the first up to 2.5.x, the others
// since 2.6.x. Source: shipped SDK files 2.3.2 and 2.6.4; fidelity: observed.
var TelemetryDomains = [...]string{"uni-webcollector.agora.io", "report-ad.agoralab.co", "rest-argus-ad.agoralab.co"}

// Paths of the three eras. Source: shipped SDK files; fidelity: observed.
const (
	Path     = "/appcenter/1-1-1/getWorkerManager/"
	OldPath  = "/appcenter/getWorkerManager"
	EdgePath = "/api/v1"
)

// reportPaths are those of telemetry. Source: shipped SDK files 2.3.2 and 2.6.4;
// fidelity: observed.
var reportPaths = [...]string{"/report", "/v1/report", "/v2/report"}

// form is how a lookup is asked and answered.
type form int

const (
	formUnknown form = iota
	formOldest       // one domain; a failure is a field named error
	formCode         // four domains; a failure is a code in the body, its reason named error
	formEdge         // JSON in a string of JSON; a failure is an HTTP status
)

// formOf finds how a lookup at that address is answered. Without a host, the path
// decides alone.
func formOf(host, path string) form {
	path = strings.TrimSuffix(path, "/")
	switch {
	case path == OldPath && at(host, GatewayDomain):
		return formOldest
	case path == strings.TrimSuffix(Path, "/") && at(host, Domains[:]...):
		return formCode
	case path == EdgePath && at(host, EdgeDomains[:]...):
		return formEdge
	}
	return formUnknown
}

func at(host string, domains ...string) bool {
	for _, d := range domains {
		if host == d || host == "" {
			return true
		}
	}
	return false
}

// Knows tells whether a host and path are a lookup address. An empty host stands for
// a client that calls the server by its number.
func Knows(host, path string) bool { return formOf(host, path) != formUnknown }

// Telemetry tells whether a host and path take reports.
func Telemetry(host, path string) bool {
	if host != "" {
		return at(host, TelemetryDomains[:]...)
	}
	return at(path, reportPaths[:]...)
}

// Names are all domains that the server answers at: lookup of each era, gateways and
// telemetry.
func Names() []string {
	names := append([]string{GatewayDomain}, Domains[:]...)
	names = append(names, EdgeDomains[:]...)
	return append(names, TelemetryDomains[:]...)
}
