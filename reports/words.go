package reports

import (
	"fmt"

	"minilab/fixtures"
)

// catalogue is what the page says, in both languages. Terms follow the release notes
// and the vendor's analytics console, which its readers know.
var catalogue = map[string]fixtures.Text{
	"title":        {EN: "Release sign-off", ZH: "发版验收"},
	"may-ship":     {EN: "May ship", ZH: "可以发布"},
	"not-ready":    {EN: "Not ready", ZH: "不可发布"},
	"why-passed":   {EN: "All %d gates passed: %d of %d promises held, %d broken as documented, %d of %d known issues behave as documented.", ZH: "全部 %d 项门禁通过：承诺成立 %d/%d，按文档所述不成立 %d 项，已知问题与发版说明一致 %d/%d。"},
	"within":       {EN: "This holds for what was tested: models, one seed a row; %d of %d clauses are covered in part or not at all.", ZH: "结论仅限于已测试的内容：模型环境，每行一个种子；%d/%d 条条款仅部分覆盖或未覆盖。"},
	"why-failed":   {EN: "%d of %d gates failed:", ZH: "%d 项门禁未通过（共 %d 项）："},
	"why-no-gates": {EN: "No gate was evaluated, so nothing was decided.", ZH: "没有评估任何门禁，因此无法下结论。"},

	"build":     {EN: "minilab build", ZH: "minilab 构建"},
	"made":      {EN: "Made", ZH: "生成时间"},
	"seed":      {EN: "Seed", ZH: "种子"},
	"runs":      {EN: "Runs judged", ZH: "判定的运行"},
	"runs-n":    {EN: "%d, each made twice", ZH: "%d 次，每次运行两遍"},
	"virtual":   {EN: "Virtual time", ZH: "虚拟时长"},
	"covered":   {EN: "Clauses covered", ZH: "已覆盖条款"},
	"covered-n": {EN: "%d of %d, %d more in part", ZH: "%d/%d，另有 %d 条部分覆盖"},
	"digest":    {EN: "Digest", ZH: "摘要"},

	"look-at":    {EN: "Where to look:", ZH: "请查看："},
	"gates":      {EN: "Gates", ZH: "门禁"},
	"gate":       {EN: "Gate", ZH: "门禁项"},
	"result":     {EN: "Result", ZH: "结果"},
	"detail":     {EN: "Count, and what failed", ZH: "数量及未通过项"},
	"passed":     {EN: "passed", ZH: "通过"},
	"failed":     {EN: "failed", ZH: "未通过"},
	"gates-none": {EN: "No gate was evaluated: the sign-off was given none.", ZH: "没有评估任何门禁：本次验收未给出门禁。"},

	"issues":       {EN: "Known issues", ZH: "已知问题"},
	"issues-lead":  {EN: "Each known issue of the release notes is run twice from one seed: with its cause, where it must appear, and with the cause removed, where it must not.", ZH: "发版说明中的每个已知问题用同一种子运行两种情形：保留成因时应当出现，去除成因后不应出现。"},
	"issues-none":  {EN: "No known issue is modelled for this version, so none could be run.", ZH: "该版本没有已建模的已知问题，因此没有可运行的项目。"},
	"issue":        {EN: "Issue", ZH: "问题"},
	"frequency":    {EN: "Frequency in the notes", ZH: "说明中的频率"},
	"cause":        {EN: "With its cause", ZH: "保留成因"},
	"control":      {EN: "Cause removed", ZH: "去除成因"},
	"as-notes":     {EN: "as documented", ZH: "与说明一致"},
	"not-shown":    {EN: "does not appear under its cause", ZH: "成因下未出现"},
	"leaks":        {EN: "appears without its cause", ZH: "去除成因仍出现"},
	"cannot-tell":  {EN: "could not be told", ZH: "无法判断"},
	"unexpected":   {EN: "expected: %s", ZH: "预期：%s"},
	"notes-say":    {EN: "What the notes say", ZH: "发版说明原文"},
	"clause-gone":  {EN: "This clause is not in the catalogue.", ZH: "条款目录中没有这一条。"},
	"mechanism":    {EN: "Mechanism", ZH: "机理"},
	"layer":        {EN: "Layer", ZH: "所在层"},
	"source":       {EN: "Source", ZH: "来源"},
	"fidelity-of":  {EN: "Fidelity", ZH: "可信度"},
	"issue-words":  {EN: "the issue", ZH: "问题"},
	"mech-words":   {EN: "its mechanism", ZH: "机理"},
	"evidence-no":  {EN: "No occurrence in %s of virtual time.", ZH: "%s 虚拟时间内未出现。"},
	"evidence-nil": {EN: "The run could not tell: it had nothing that this could show on.", ZH: "该运行无法判断：没有可以表现该现象的内容。"},
	"violated-no":  {EN: "No breach in %s of virtual time.", ZH: "%s 虚拟时间内未发现违反。"},
	"more":         {EN: "and %d more; the command shows them all", ZH: "另有 %d 条，运行命令可查看全部"},
	"strip":        {EN: "What %s really decoded of %s", ZH: "%s 实际解码到的 %s 的画面"},
	"strip-none":   {EN: "No pictures: nobody in this run was shown one that could be read (audio only, or nothing arrived).", ZH: "没有画面：该运行中没有成员看到可读取的画面（纯音频，或没有收到）。"},
	"strip-cut":    {EN: "Pictures left out to keep the page small; the command shows the run.", ZH: "为控制页面大小省略了画面，运行命令可重现。"},
	"again":        {EN: "Run it again", ZH: "重现命令"},
	"n-is-1":       {EN: "one seed (n = 1): shows that it can happen, not how often", ZH: "单个种子（n = 1）：说明会出现，不代表概率"},

	"checksum-ok":  {EN: "checksum right", ZH: "校验正确"},
	"checksum-bad": {EN: "checksum wrong: garbled", ZH: "校验错误：花屏"},
	"black":        {EN: "black", ZH: "黑屏"},
	"rotated":      {EN: "turned by %d°", ZH: "旋转 %d°"},
	"frame":        {EN: "frame %d", ZH: "第 %d 帧"},
	"captured":     {EN: "captured %s", ZH: "采集于 %s"},
	"delay":        {EN: "delay %s", ZH: "时延 %s"},
	"not-trusted":  {EN: "uid and frame are not to be trusted", ZH: "uid 与帧号不可信"},
	"still-alt":    {EN: "%s sees %s at %s", ZH: "%[3]s：%[1]s 看到的 %[2]s"},

	"promises":      {EN: "Promises", ZH: "承诺"},
	"promises-lead": {EN: "What the release notes and documents promise, put to the test in the scenarios named.", ZH: "发版说明与文档的承诺，在所列场景中检验。"},
	"promises-none": {EN: "No promise is written down for this version, so none could be tested.", ZH: "该版本没有登记任何承诺，因此没有可检验的项目。"},
	"promise":       {EN: "Promise", ZH: "承诺"},
	"verdict":       {EN: "Verdict", ZH: "结论"},
	"tested-in":     {EN: "Tested in", ZH: "检验场景"},
	"other-version": {EN: "not promised by %s", ZH: "%s 未作此承诺"},
	"as-documented": {EN: "violated, as documented", ZH: "不成立，与文档所述一致"},
	"repaired":      {EN: "held: no longer broken, though documented to be", ZH: "成立：文档记载为不成立，现已不再出现"},
	"known-break":   {EN: "Known of this version:", ZH: "该版本的已知情况："},
	"no-scenario":   {EN: "No scenario tests it.", ZH: "没有检验它的场景。"},

	"clauses":      {EN: "Release notes, sentence by sentence", ZH: "发版说明逐条覆盖"},
	"clauses-lead": {EN: "Every sentence of the notes that promises or limits something, and what on this page covers it.", ZH: "发版说明中每一条承诺或限制，以及本页中覆盖它的内容。"},
	"clauses-none": {EN: "The sign-off was given no clauses.", ZH: "本次验收未给出条款。"},
	"clause":       {EN: "Clause", ZH: "条款"},
	"section":      {EN: "Section", ZH: "章节"},
	"kind":         {EN: "Kind", ZH: "类别"},
	"text":         {EN: "Text", ZH: "原文"},
	"cover":        {EN: "Cover", ZH: "覆盖"},
	"covered-by":   {EN: "By what, or why not", ZH: "覆盖内容或原因"},
	"full":         {EN: "covered", ZH: "已覆盖"},
	"partly":       {EN: "in part", ZH: "部分覆盖"},
	"uncovered":    {EN: "not covered", ZH: "未覆盖"},
	"scene-only":   {EN: "A scenario plays it; no verdict on this page is about it.", ZH: "有对应场景，但本页没有针对它的结论。"},
	"not-all-here": {EN: "Some of what covers it is not on this page.", ZH: "覆盖它的条目有一部分不在本页。"},
	"no-reason":    {EN: "No reason is written down.", ZH: "未写明原因。"},
	"not-here":     {EN: "named, but not on this page", ZH: "已登记，但不在本页"},

	"untested":         {EN: "What was not tested", ZH: "未测试的内容"},
	"untested-world":   {EN: "No real phone, WeChat, vendor server, CDN or mobile network took part. Phones, WeChat's live-pusher and live-player, server and networks are models; the SDK is a reference client that follows the documented behaviour of this version, not the vendor's file.", ZH: "没有真实手机、微信、厂商服务器、CDN 或移动网络参与。手机、微信 live-pusher 与 live-player、服务器和网络均为模型；SDK 是按该版本文档行为编写的参考客户端，并非厂商发布的文件。"},
	"untested-rates":   {EN: "No rates: each row is one run; for issues that the notes don't call certain up to three seeds are tried. How often an issue happens is a question for a campaign over many seeds.", ZH: "没有概率：每行为一次运行；说明中并非必现的问题最多尝试三个种子。出现频率需由多种子的批量运行回答。"},
	"untested-clauses": {EN: "%d of %d clauses have no cover yet, %d are covered in part:", ZH: "%d 条（共 %d 条）尚未覆盖，%d 条部分覆盖："},
	"untested-promise": {EN: "Promises that were not run:", ZH: "未运行的承诺："},
	"untested-issue":   {EN: "Known issues with a run that could not tell:", ZH: "有运行无法判断的已知问题："},

	"reading":              {EN: "How to read this page", ZH: "如何阅读本页"},
	"read-verdicts":        {EN: "A known issue is reproduced or absent; a promise is held or violated; not-run means the run could not tell, and never counts as a pass.", ZH: "已知问题的结论为「已复现」或「未出现」；承诺为「成立」或「违反」；「未运行」表示无法判断，绝不计为通过。"},
	"read-issue":           {EN: "Reproduced under its cause is the expected result of a known issue: the notes tell the truth about it and the laboratory can show it.", ZH: "已知问题在成因下「已复现」是预期结果：说明发版说明属实，且实验室能够展示。"},
	"read-observed":        {EN: "observed: measured on real equipment or software", ZH: "observed 观测：在真实设备或软件上测得"},
	"read-documented":      {EN: "documented: stated by a public document", ZH: "documented 文档：公开文档的说法"},
	"read-inferred":        {EN: "inferred: follows from documents or measurements, but nobody states it", ZH: "inferred 推断：由文档或测量推出，没有直接说明"},
	"read-assumed":         {EN: "assumed: chosen by us, no source", ZH: "assumed 假设：由我们选定，没有来源"},
	"read-frequency":       {EN: "Frequency words are those of the notes: always 必现, sometimes 偶现, rarely 小概率, possibly 可能.", ZH: "频率用语出自发版说明：必现 always、偶现 sometimes、小概率 rarely、可能 possibly。"},
	"read-stills":          {EN: "Film strips are pictures as the receiver's decoder gave them. Each test picture carries its uid, frame number, capture time and a checksum over all its samples; what stands under a picture was read from its pixels.", ZH: "画面条是接收端解码器给出的画面。每帧测试画面都带有 uid、帧号、采集时间和覆盖全部采样的校验和；图下文字均读自像素。"},
	"read-again":           {EN: "Every run follows from scenario, seed and build: the command gives the same run again, with the same digest. Click a command to select it.", ZH: "每次运行由场景、种子和构建唯一确定：执行命令即可得到同一运行和同一摘要。点击命令可全选。"},
	"digests":              {EN: "Digests", ZH: "摘要"},
	"digests-lead":         {EN: "A digest covers every event of a run but single packets. The digest of the sign-off covers all rows below in their order.", ZH: "摘要覆盖一次运行中除单个数据包外的全部事件；验收摘要按顺序覆盖下列所有行。"},
	"row":                  {EN: "Row", ZH: "行"},
	"key":                  {EN: "Run", ZH: "运行"},
	"length":               {EN: "Length", ZH: "时长"},
	"digests-none":         {EN: "No run was made.", ZH: "没有任何运行。"},
	"always":               {EN: "always", ZH: "必现"},
	"sometimes":            {EN: "sometimes", ZH: "偶现"},
	"rare":                 {EN: "rarely", ZH: "小概率"},
	"possible":             {EN: "possibly", ZH: "可能出现"},
	"reproduced":           {EN: "reproduced", ZH: "已复现"},
	"absent":               {EN: "absent", ZH: "未出现"},
	"held":                 {EN: "held", ZH: "成立"},
	"violated":             {EN: "violated", ZH: "违反"},
	"not-run":              {EN: "not-run", ZH: "未运行"},
	"undecided":            {EN: "undecided", ZH: "未定"},
	"observed":             {EN: "observed", ZH: "观测"},
	"documented":           {EN: "documented", ZH: "文档"},
	"inferred":             {EN: "inferred", ZH: "推断"},
	"assumed":              {EN: "assumed", ZH: "假设"},
	"layer-phone":          {EN: "phone", ZH: "手机"},
	"layer-host":           {EN: "WeChat", ZH: "微信宿主"},
	"layer-component":      {EN: "WeChat's media component", ZH: "微信音视频组件"},
	"layer-sdk":            {EN: "SDK", ZH: "SDK"},
	"layer-server":         {EN: "server", ZH: "服务端"},
	"layer-app":            {EN: "mini-program's page", ZH: "小程序页面"},
	"layer-network":        {EN: "network", ZH: "网络"},
	"section-introduction": {EN: "introduction", ZH: "简介"},
	"kind-feature":         {EN: "feature", ZH: "功能"},
	"kind-improvement":     {EN: "improvement", ZH: "改进"},
	"kind-fix":             {EN: "fix", ZH: "修复"},
	"kind-issue":           {EN: "known issue", ZH: "已知问题"},
	"kind-limit":           {EN: "limit", ZH: "限制"},
	"kind-scene":           {EN: "scene", ZH: "场景"},
	"kind-claim":           {EN: "claim", ZH: "宣传"},
}

// say is an entry of the catalogue with its gaps filled. A key that isn't there is a
// mistake in the page, and no page is better than one with a hole.
func say(key string, args ...any) (fixtures.Text, error) {
	text, ok := catalogue[key]
	if !ok {
		return text, fmt.Errorf("reports: nothing to say for %q", key)
	}
	if len(args) == 0 {
		return text, nil
	}
	// A gap may be filled with words that have two languages themselves.
	en, zh := make([]any, len(args)), make([]any, len(args))
	for i, arg := range args {
		en[i], zh[i] = arg, arg
		if t, ok := arg.(fixtures.Text); ok {
			en[i], zh[i] = t.EN, t.ZH
		}
	}
	return fixtures.Text{EN: fmt.Sprintf(text.EN, en...), ZH: fmt.Sprintf(text.ZH, zh...)}, nil
}

// word translates a word of the data, such as a verdict. One that is new to the page
// is shown as it is.
func word(prefix, w string) fixtures.Text {
	if text, ok := catalogue[prefix+w]; ok && w != "" {
		return text
	}
	return fixtures.Text{EN: w, ZH: w}
}
