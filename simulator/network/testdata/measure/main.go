// Command measure runs one case of testdata/linux-tcp.jsonl on this machine's kernel
// and prints the row: two network namespaces with a TUN device each, and this program
// as the link between them. It needs root and the ip command; run it at real-time
// priority, else what else the machine does is measured too:
//
//	grep bulk-reno-owd20-loss1 linux-tcp.jsonl | head -1 > row
//	go build -o /tmp/measure ./measure && chrt -r 40 /tmp/measure -row "$(cat row)" -seed 7
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// row is a case and, afterwards, its result.
type row struct {
	Name    string             `json:"name"`
	CC      string             `json:"cc"`
	Rate    int64              `json:"rate_bps"`
	Queue   int                `json:"queue_bytes"`
	Delay   float64            `json:"one_way_delay_ms"`
	Loss    float64            `json:"loss"`
	AckLoss float64            `json:"ack_loss"`
	Outage  [2]float64         `json:"outage_ms"`
	Mode    string             `json:"mode"`
	KBPS    int                `json:"kbps"`
	Secs    int                `json:"secs"`
	Goodput float64            `json:"goodput_bps"`
	DelayMS map[string]float64 `json:"delay_ms,omitempty"`
	Frames  int                `json:"frames"`
	Seed    uint64             `json:"seed"`
}

const (
	senderAddr   = "10.9.0.1"
	receiverAddr = "10.9.0.2"
	listenOn     = receiverAddr + ":1935"
	framesPerSec = 15
	frameHeader  = 12
	grace        = 3 * time.Second // for the last frames
)

func (r *row) frameBytes() int { return r.KBPS*1000/8/framesPerSec + frameHeader }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	text := flag.String("row", "", "the case, a line of linux-tcp.jsonl")
	seed := flag.Uint64("seed", 1, "of the random losses")
	flag.Parse()
	var r row
	must(json.Unmarshal([]byte(*text), &r))
	r.Seed = *seed
	r.Frames, r.DelayMS = 0, nil

	up, down := make(chan int), make(chan int) // file descriptors of the TUN devices
	listening, started, done := make(chan bool), make(chan time.Time, 1), make(chan bool)
	go receive(&r, down, listening, started, done)
	to := <-down
	go send(r, up, listening, started)
	from := <-up
	forward(from, to, r, r.Loss, rand.New(rand.NewPCG(*seed, 1)))
	forward(to, from, r, r.AckLoss, rand.New(rand.NewPCG(*seed, 2)))
	<-done
	out, err := json.Marshal(r)
	must(err)
	fmt.Println(string(out))
}
