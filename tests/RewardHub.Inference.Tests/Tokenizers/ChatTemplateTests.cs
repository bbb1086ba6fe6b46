using System.Text.Json;
using RewardHub.Inference.Tokenizers.Chat;

namespace RewardHub.Inference.Tests.Tokenizers;

/// <summary>Published template families and the rules of the template language; expected texts follow Jinja2's semantics.</summary>
public class ChatTemplateTests
{
    private const string Qwen25 = """
        {%- if messages[0]['role'] == 'system' %}
            {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
        {%- else %}
            {{- '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}
        {%- endif %}
        {%- for message in messages %}
            {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant") %}
                {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\n' }}
        {%- endif %}
        """;

    private const string Mistral =
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        + "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        + "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
        + "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}"
        + "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}";

    private const string Phi4 =
        "{% for message in messages %}{% if (message['role'] == 'system') %}{{'<|im_start|>system<|im_sep|>' + message['content'] + '<|im_end|>'}}"
        + "{% elif (message['role'] == 'user') %}{{'<|im_start|>user<|im_sep|>' + message['content'] + '<|im_end|>'}}"
        + "{% elif (message['role'] == 'assistant') %}{{'<|im_start|>assistant<|im_sep|>' + message['content'] + '<|im_end|>'}}{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}";

    private const string Llama31 = """
        {{- bos_token }}
        {%- if not date_string is defined %}
            {%- if strftime_now is defined %}
                {%- set date_string = strftime_now("%d %b %Y") %}
            {%- else %}
                {%- set date_string = "26 Jul 2024" %}
            {%- endif %}
        {%- endif %}
        {%- if messages[0]['role'] == 'system' %}
            {%- set system_message = messages[0]['content']|trim %}
            {%- set messages = messages[1:] %}
        {%- else %}
            {%- set system_message = "" %}
        {%- endif %}
        {{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
        {{- "Today Date: " + date_string + "\n\n" }}
        {{- system_message }}
        {{- "<|eot_id|>" }}
        {%- for message in messages %}
            {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
        {%- endfor %}
        """;

    private static readonly ChatMessage[] Talk = [new("user", "Hi "), new("assistant", "Yo"), new("user", "Bye")];

    private static string Render(string template, IReadOnlyList<ChatMessage>? messages = null, ChatOptions? options = null) =>
        ChatTemplate.Parse(template, "t.json", new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" }).Render(messages ?? Talk, options);

    [Fact]
    public void Render_writes_the_default_system_prompt_of_qwen25()
    {
        Assert.Equal(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\n",
            Render(Qwen25, [new("user", "A")], new ChatOptions { AddGenerationPrompt = true }));
        Assert.Equal(
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nA<|im_end|>\n",
            Render(Qwen25, [new("system", "S"), new("user", "A")]));
    }

    [Fact]
    public void Render_writes_mistral_phi_and_llama_conversations()
    {
        Assert.Equal("<s>[INST] Hi  [/INST]Yo</s>[INST] Bye [/INST]", Render(Mistral));
        Assert.Equal(
            "<|im_start|>user<|im_sep|>Hi <|im_end|><|im_start|>assistant<|im_sep|>Yo<|im_end|><|im_start|>user<|im_sep|>Bye<|im_end|><|im_start|>assistant<|im_sep|>",
            Render(Phi4, options: new ChatOptions { AddGenerationPrompt = true }));
        const string Head = "<s><|start_header_id|>system<|end_header_id|>\n\nToday Date: ";
        const string Tail = "\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>";
        Assert.StartsWith(Head + "26 Jul 2024" + Tail, Render(Llama31), StringComparison.Ordinal);
        Assert.StartsWith(
            Head + "05 Mar 2025" + Tail,
            Render(Llama31, options: new ChatOptions { Now = new DateTimeOffset(2025, 3, 5, 0, 0, 0, TimeSpan.Zero) }),
            StringComparison.Ordinal);
        var given = new Dictionary<string, JsonElement> { ["date_string"] = JsonDocument.Parse("\"1 Jan 2000\"").RootElement };
        Assert.StartsWith(Head + "1 Jan 2000" + Tail, Render(Llama31, options: new ChatOptions { Variables = given }), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_passes_on_what_a_template_raises()
    {
        ChatTemplateException refused = Assert.Throws<ChatTemplateException>(() => Render(Mistral, [new("assistant", "x")]));
        Assert.Contains("must alternate", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  {% if true %}\n  a\n  {% endif %}\nb\n", "  a\nb")]
    [InlineData("x {%- if true -%} y {%- endif %} z", "xy z")]
    [InlineData("  {%+ if true %}a{% endif %}", "  a")]
    [InlineData("{# note #}\na{{ 1 }}\nb", "a1\nb")]
    [InlineData("{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 * 3 + 1 }}", "3 -4 1 2 3.5 2.0 7")]
    [InlineData("{{ 1e-7 }} {{ 0.1 }} {{ 3.0 }} {{ 1.5e20 }} {{ 'a' ~ 1 ~ none ~ true }}", "1e-07 0.1 3.0 1.5e+20 a1NoneTrue")]
    [InlineData("{% for i in range(3) %}{% set x = i %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}{{ x is defined }}", "1,2,3False")]
    [InlineData("{% set ns = namespace(n=0) %}{% for i in [1,2,3] if i != 2 %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "4")]
    [InlineData("{% for k, v in {'b': 1, 'a': [true, none]}.items() %}{{ k }}={{ v | tojson }};{% endfor %}", "b=1;a=[true, null];")]
    [InlineData("{{ {'a': 'é\\n\"<', 'b': 1.5} | tojson }}", "{\"a\": \"é\\n\\\"<\", \"b\": 1.5}")]
    [InlineData("{{ [1, {'a': []}] | tojson(indent=2) }}", "[\n  1,\n  {\n    \"a\": []\n  }\n]")]
    [InlineData("{{ 'abcdef'[1:-1:2] }}{{ 'abc'[::-1] }}{{ [1,2,3][-1] }}{{ '😀é'[0] }}{{ '😀é' | length }}", "bdcba3😀2")]
    [InlineData("{{ ' x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,c'.split(',')[-1] }}|{{ 'a b  c'.split() | join('-') }}", "x|a|c|a-b-c")]
    [InlineData("{{ 'a' in 'cat' and 'z' not in ['y'] }}{{ 1 < 2 <= 2 }}{{ none is none }}{{ 'x' is string }}{{ nope is defined }}", "TrueTrueTrueTrueFalse")]
    [InlineData("{{ nope | default('d') }}{{ '' | default('e', true) }}{{ nope }}{{ 'a-b' | replace('-', '+') | upper }}", "deA+B")]
    [InlineData("{% macro m(a, b='!') %}[{{ a }}{{ b }}]{% endmacro %}{{ m('x') }}{{ m('y', b='?') }}", "[x!][y?]")]
    [InlineData("{% for m in messages | selectattr('role', 'equalto', 'user') %}{{ m.content | trim }}{% else %}none{% endfor %}", "HiBye")]
    [InlineData("{% for i in range(9) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "02")]
    [InlineData("{% set x %}a{{ 1 }}{% endset %}{{ x }}{% generation %}g{% endgeneration %}", "a1g")]
    [InlineData("{{ messages[0].role if messages else 'no' }}{{ messages | map(attribute='role') | unique | list | length }}", "user2")]
    public void Render_follows_the_rules_of_jinja(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% include 'x' %}", "'include'")]
    [InlineData("{{ x | xmlattr }}", "'xmlattr'")]
    [InlineData("{{ x is callable }}", "'callable'")]
    [InlineData("{{ x.format(1) }}", "'format'")]
    [InlineData("{% if x %}", "'endif'")]
    [InlineData("{{ x", "'}}'")]
    [InlineData("a\n{{ ) }}", "line 2")]
    public void Parse_refuses_by_name_what_it_does_not_know(string template, string named) =>
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() => ChatTemplate.Parse(template, "t.json")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{{ 'x' * 999999999999 }}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{{ nope.x }}")]
    [InlineData("{{ 1 / 0 }}")]
    [InlineData("{{ 9223372036854775807 + 1 }}")]
    public void Render_stops_within_bounds(string template) => Assert.Throws<ChatTemplateException>(() => Render(template));

    [Fact]
    public void Parse_stops_at_deep_nesting()
    {
        Assert.Throws<ModelFormatException>(() => ChatTemplate.Parse("{{ " + new string('(', 5000), "t.json"));
        Assert.Throws<ModelFormatException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if x %}", 5000)), "t.json"));
    }
}
