package commands

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("minilab serve", func() {
	It("takes a push from ffmpeg and gives it to ffprobe, each by its own URL only", func() {
		needs("ffmpeg")
		needs("ffprobe")
		s := serve()
		ann, bob, eve := s.enter("room", 1, "broadcaster"), s.enter("room", 2, "broadcaster"), s.enter("room", 3, "audience")
		publish := ann.ask(`{"action":"publish","uid":1}`)
		Expect(publish.Code).To(Equal(200))
		Expect(publish.ServerResponse.URL).To(HavePrefix("rtmp://" + s.rtmp + "/live/"))
		Expect(eve.ask(`{"action":"publish","uid":3}`).Code).To(Equal(433), "an audience may not publish")

		pushing := push(publish.ServerResponse.URL)
		bob.hears("stream-added 1")
		subscribe := bob.ask(`{"action":"subscribe","uid":1}`)
		Expect(subscribe.ServerResponse.URL).To(HavePrefix("rtmp://" + s.rtmp + "/live/"))
		Expect(streams(subscribe.ServerResponse.URL, 15*time.Second)).To(ConsistOf("video", "audio"))

		By("the wrong way round", func() {
			Expect(streams(publish.ServerResponse.URL, 5*time.Second)).To(BeEmpty(), "a publish URL is played")
			Expect(ends(push(subscribe.ServerResponse.URL))).To(BeTrue(), "a play URL is pushed to")
			Expect(streams(subscribe.ServerResponse.URL, 15*time.Second)).To(ConsistOf("video", "audio"), "the stream goes on all the same")
		})
		By("a URL that nobody was given", func() {
			Expect(streams("rtmp://"+s.rtmp+"/live/0123456789abcdef0123456789abcdef", 5*time.Second)).To(BeEmpty())
		})
		By("muting", func() {
			Expect(bob.ask(`{"action":"mute","uid":1,"target":"video"}`).Code).To(Equal(200))
			Expect(streams(subscribe.ServerResponse.URL, 15*time.Second)).To(ConsistOf("audio"))
			Expect(bob.ask(`{"action":"unmute","uid":1,"target":"video"}`).Code).To(Equal(200))
			Expect(streams(subscribe.ServerResponse.URL, 15*time.Second)).To(ConsistOf("video", "audio"))
		})
		By("leaving", func() {
			Expect(bob.ask(`{"action":"leave","uid":2}`).Code).To(Equal(200))
			Expect(streams(subscribe.ServerResponse.URL, 5*time.Second)).To(BeEmpty(), "a play URL outlives its session")
			Expect(ann.ask(`{"action":"leave","uid":1}`).Code).To(Equal(200))
			eve.hears("stream-removed 1")
			Expect(ends(pushing)).To(BeTrue(), "a push outlives its session")
			Expect(ends(push(publish.ServerResponse.URL))).To(BeTrue(), "a publish URL outlives its session")
		})
	})

	It("isn't disturbed by a hundred connections that send garbage", func() {
		s := serve()
		ann := s.enter("room", 1, "broadcaster")
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 100 {
			c, err := net.Dial("tcp", []string{s.rtmp, s.http}[i%2])
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(c.Close)
			junk := make([]byte, 5000)
			for j := range junk {
				junk[j] = byte(r.Uint32())
			}
			switch i % 10 {
			case 0:
				junk[0] = 3 // an RTMP handshake begins like that
			case 1:
				junk = append([]byte("POST /api/v1 HTTP/1.1\r\nHost: uap-ap-web-1.agora.io\r\nContent-Length: 5000\r\n\r\n"), junk...)
			case 2, 3:
				junk = nil // says nothing at all
			case 5:
				junk = bytes.Repeat([]byte("GET /203-0-113-10/api HTTP/1.1\r\nHost: miniapp.agoraio.cn\r\n\r\n"), 50)
			}
			_, _ = c.Write(junk) // the server may have hung up
		}
		for range 20 {
			begin := time.Now()
			Expect(ann.ask(`{"action":"publish","uid":1}`).Code).To(Equal(200))
			Expect(time.Since(begin)).To(BeNumerically("<", time.Second))
		}
		bob := s.enter("room", 2, "audience")
		Expect(bob.ask(`{"action":"subscribe","uid":1}`).Code).To(Equal(200))
		took, code := s.stop()
		Expect(took).To(BeNumerically("<", 2*time.Second))
		Expect(code).To(Equal(130))
		Expect(s.stderr.String()).To(Equal("minilab: interrupted\n"))
	})

	It("answers lookup of each era and telemetry, by host or by path alone", func() {
		s := serve("-v")
		for _, a := range []struct{ host, path, body, want string }{
			{"miniapp-4.agoraio.cn", "/appcenter/1-1-1/getWorkerManager/", `{"appId":"demo"}`, `"address":"203.0.113.10"`},
			{"miniapp.agoraio.cn", "/appcenter/getWorkerManager", `{"appid":"demo"}`, `"address":"203-0-113-10.agoraio.cn"`},
			{"uap-ap-web-3.agora.io", "/api/v1", `{"service_name":"miniapp","json_body":"{\"appId\":\"demo\"}"}`, `\"address\":\"203.0.113.10\"`},
			{s.http, "/api/v1", `{"service_name":"miniapp","json_body":"{\"appId\":\"demo\"}"}`, `\"vid\":`},
			{"uni-webcollector.agora.io", "/report", `[1,"x",4,0,{}]`, `{}`},
			{"rest-argus-ad.agoralab.co", "/whatever", `not even JSON`, `{}`},
		} {
			status, answer := s.post(a.host, a.path, a.body)
			Expect(status).To(Equal(http.StatusOK), a.host)
			Expect(answer).To(ContainSubstring(a.want), a.host)
		}
		status, _ := s.post("miniapp-5.agoraio.cn", "/appcenter/1-1-1/getWorkerManager/", `{"appId":"demo"}`)
		Expect(status).To(Equal(http.StatusNotFound))
		s.enter("room", 1, "audience")
		s.stop()
		for _, want := range []string{"http 200 POST uap-ap-web-3.agora.io/api/v1", "http 404 POST miniapp-5.agoraio.cn/", "GET miniapp.agoraio.cn/203-0-113-10/api"} {
			Expect(s.stderr.String()).To(ContainSubstring(want))
		}
	})

	It("puts a network of the catalogue in between", func() {
		near, far := serve(), serve("--network", "high-delay")
		took := func(s *served) time.Duration {
			begin := time.Now()
			status, _ := s.post("miniapp-1.agoraio.cn", "/appcenter/1-1-1/getWorkerManager/", `{"appId":"demo"}`)
			Expect(status).To(Equal(http.StatusOK))
			return time.Since(begin)
		}
		Expect(took(near)).To(BeNumerically("<", 600*time.Millisecond))
		Expect(took(far)).To(BeNumerically(">", 1200*time.Millisecond), "two round trips of 600 ms")
	})

	It("carries a push and a player over that network too", func() {
		needs("ffmpeg")
		needs("ffprobe")
		s := serve("--network", "3g-lossy")
		ann, bob := s.enter("room", 1, "broadcaster"), s.enter("room", 2, "audience")
		push(ann.ask(`{"action":"publish","uid":1}`).ServerResponse.URL)
		bob.hears("stream-added 1")
		Expect(streams(bob.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL, 20*time.Second)).To(ConsistOf("video", "audio"))
	})

	It("ends in time with members, pushes and half-open requests", func() {
		s := serve()
		s.enter("room", 1, "broadcaster")
		c, err := net.Dial("tcp", s.http)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(c.Close)
		_, err = fmt.Fprintf(c, "POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
		Expect(err).NotTo(HaveOccurred())
		took, code := s.stop()
		Expect(took).To(BeNumerically("<", 2*time.Second))
		Expect(code).To(Equal(130))
	})

	DescribeTable("says what is wrong", func(args string, code int, want string) {
		o := minilab(nil, append([]string{"serve"}, strings.Fields(args)...)...)
		Expect(o.code).To(Equal(code), o.stderr)
		Expect(o.stderr).To(ContainSubstring(want))
		Expect(o.stdout).To(BeEmpty())
	},
		Entry("with an address without a port", "--http 127.0.0.1", 2, "missing port"),
		Entry("with a port that is none", "--rtmp 127.0.0.1:http", 2, "no number"),
		Entry("with an address without a host", "--rtmp :1935", 2, "no host"),
		Entry("with a network that isn't there", "--network 3g-losy", 2, `did you mean "3g-lossy"`),
	)

	It("says when a port is taken", func() {
		s := serve()
		o := minilab(nil, "serve", "--rtmp", s.rtmp, "--http", "127.0.0.1:0")
		Expect(o.code).To(Equal(4))
		Expect(o.stderr).To(ContainSubstring("address already in use"))
	})
})

// ends tells whether a program ends by itself within a few seconds.
func ends(cmd *exec.Cmd) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // in the cleanup it has been waited for: that is all right
	}()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
