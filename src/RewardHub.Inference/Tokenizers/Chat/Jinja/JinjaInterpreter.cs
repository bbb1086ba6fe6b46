using System.Text;

namespace RewardHub.Inference.Tokenizers.Chat.Jinja;

/// <summary>Names and their values; an inner scope hides an outer one and does not write to it.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> _values = [];

    public void Set(string name, object? value) => _values[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out value)) return true;
        }

        value = null;
        return false;
    }

    private Scope? Outer => outer;
}

/// <summary>Runs a template once, within bounds of steps, depth and output.</summary>
internal sealed class JinjaInterpreter
{
    private const int MostSteps = 20_000_000;
    private const int DeepestCall = 32;

    private static readonly HashSet<string> Functions = ["range", "namespace", "dict", "raise_exception", "strftime_now"];

    private readonly Scope _globals = new(null);
    private readonly DateTimeOffset? _now;
    private int _steps;
    private int _depth;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    private sealed record Function(string Name);

    private sealed record MacroValue(Statement.Macro Macro);

    private JinjaInterpreter(IEnumerable<KeyValuePair<string, object?>> variables, DateTimeOffset? now)
    {
        _now = now;
        foreach (string name in Functions)
        {
            // Templates ask whether there is a clock, and fall back to a fixed date.
            if (name != "strftime_now" || now is not null) _globals.Set(name, new Function(name));
        }

        foreach ((string name, object? value) in variables) _globals.Set(name, value);
    }

    /// <exception cref="JinjaRuntimeException">The template fails on these values.</exception>
    public static string Render(
        IReadOnlyList<Statement> template, IEnumerable<KeyValuePair<string, object?>> variables, DateTimeOffset? now)
    {
        var output = new StringBuilder();
        var interpreter = new JinjaInterpreter(variables, now);
        interpreter.Run(template, interpreter._globals, output);
        return output.ToString();
    }

    private void Step()
    {
        if (++_steps > MostSteps) throw new JinjaRuntimeException($"it takes more than {MostSteps} steps");
    }

    private Flow Run(IReadOnlyList<Statement> statements, Scope scope, StringBuilder output)
    {
        foreach (Statement statement in statements)
        {
            Step();
            Flow flow = Run(statement, scope, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case Statement.Text text:
                Write(output, text.Value);
                break;
            case Statement.Output value:
                Write(output, JinjaValues.Show(Evaluate(value.Value, scope)));
                break;
            case Statement.If choice:
                foreach ((Expression condition, IReadOnlyList<Statement> body) in choice.Branches)
                {
                    if (JinjaValues.Truth(Evaluate(condition, scope))) return Run(body, scope, output);
                }

                return Run(choice.Else, scope, output);
            case Statement.For loop:
                return Loop(loop, scope, output);
            case Statement.Set set:
                Assign(set, scope);
                break;
            case Statement.SetBlock set:
                var inner = new StringBuilder();
                Flow flow = Run(set.Body, new Scope(scope), inner);
                if (flow != Flow.Next) return flow;
                object? result = inner.ToString();
                foreach (Expression.Filter filter in set.Filters) result = Filter(filter, result, scope);
                scope.Set(set.Target, result);
                break;
            case Statement.Macro macro:
                scope.Set(macro.Name, new MacroValue(macro));
                break;
            case Statement.Block block:
                return Run(block.Body, scope, output);
            case Statement.Break:
                return Flow.Break;
            case Statement.Continue:
                return Flow.Continue;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        return Flow.Next;
    }

    private static void Write(StringBuilder output, string text)
    {
        if (output.Length + (long)text.Length > JinjaOperators.LargestValue) throw new JinjaRuntimeException("the output grows too long");
        output.Append(text);
    }

    private void Assign(Statement.Set set, Scope scope)
    {
        object? value = Evaluate(set.Value, scope);
        if (set.Member is { } member)
        {
            if (!scope.TryGet(set.Targets[0], out object? target) || target is not Namespace space)
            {
                throw new JinjaRuntimeException($"'{set.Targets[0]}' is no namespace");
            }

            space.Members[member] = value;
            return;
        }

        Bind(set.Targets, value, scope);
    }

    private static void Bind(IReadOnlyList<string> targets, object? value, Scope scope)
    {
        if (targets.Count == 1)
        {
            scope.Set(targets[0], value);
            return;
        }

        List<object?> parts = JinjaValues.Items(value);
        if (parts.Count != targets.Count) throw new JinjaRuntimeException($"{parts.Count} values for {targets.Count} names");
        for (int i = 0; i < parts.Count; i++) scope.Set(targets[i], parts[i]);
    }

    private Flow Loop(Statement.For loop, Scope scope, StringBuilder output)
    {
        List<object?> items = JinjaValues.Items(Evaluate(loop.Source, scope));
        if (loop.Condition is { } condition)
        {
            items = items.FindAll(item =>
            {
                var trial = new Scope(scope);
                Bind(loop.Targets, item, trial);
                return JinjaValues.Truth(Evaluate(condition, trial));
            });
        }

        for (int i = 0; i < items.Count; i++)
        {
            Step();
            var inner = new Scope(scope);
            inner.Set("loop", State(items, i));
            Bind(loop.Targets, items[i], inner);
            if (Run(loop.Body, inner, output) == Flow.Break) break;
        }

        return items.Count == 0 ? Run(loop.Else, scope, output) : Flow.Next;
    }

    private static OrderedDictionary<string, object?> State(List<object?> items, int at) => new()
    {
        ["index"] = at + 1L,
        ["index0"] = (long)at,
        ["revindex"] = (long)items.Count - at,
        ["revindex0"] = items.Count - at - 1L,
        ["first"] = at == 0,
        ["last"] = at == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = at > 0 ? items[at - 1] : new Undefined("previtem"),
        ["nextitem"] = at + 1 < items.Count ? items[at + 1] : new Undefined("nextitem"),
    };

    private object? Evaluate(Expression expression, Scope scope)
    {
        Step();
        switch (expression)
        {
            case Expression.Constant constant:
                return constant.Value;
            case Expression.Name name:
                return scope.TryGet(name.Identifier, out object? value) ? value : new Undefined(name.Identifier);
            case Expression.ListOf list:
                return list.Items.Select(item => Evaluate(item, scope)).ToList();
            case Expression.DictionaryOf dictionary:
                return JinjaValues.Dictionary(dictionary.Items.Select(item =>
                    KeyValuePair.Create(JinjaValues.Show(Evaluate(item.Key, scope)), Evaluate(item.Value, scope))));
            case Expression.Attribute member:
                return JinjaOperators.Member(Evaluate(member.Target, scope), member.Member);
            case Expression.Item item:
                return JinjaOperators.Member(Evaluate(item.Target, scope), Evaluate(item.Index, scope));
            case Expression.Slice slice:
                long? Place(Expression? part) => part is null || Evaluate(part, scope) is not { } found ? null : JinjaValues.Whole(found);
                object? target = Evaluate(slice.Target, scope);
                object sliced = JinjaOperators.Slice(target, Place(slice.From), Place(slice.To), Place(slice.Step) ?? 1);
                _steps += sliced is List<object?> copied ? copied.Count : 0;
                return sliced;
            case Expression.Call call:
                return Call(call, scope);
            case Expression.Filter filter:
                return Filter(filter, Evaluate(filter.Target!, scope), scope);
            case Expression.Test test:
                bool holds = JinjaTests.Apply(
                    test.Testing, Evaluate(test.Target, scope), [.. test.Arguments.Positional.Select(item => Evaluate(item, scope))]);
                return holds != test.Negated;
            case Expression.Unary unary:
                object? operand = Evaluate(unary.Operand, scope);
                return unary.Operator == "not" ? !JinjaValues.Truth(operand) : JinjaOperators.Binary("-", 0L, operand);
            case Expression.Binary { Operator: "and" } both:
                object? left = Evaluate(both.Left, scope);
                return JinjaValues.Truth(left) ? Evaluate(both.Right, scope) : left;
            case Expression.Binary { Operator: "or" } either:
                left = Evaluate(either.Left, scope);
                return JinjaValues.Truth(left) ? left : Evaluate(either.Right, scope);
            case Expression.Binary binary:
                object? result = JinjaOperators.Binary(binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope));
                _steps += result is List<object?> joined ? joined.Count : 0;
                return result;
            case Expression.Compare compare:
                left = Evaluate(compare.First, scope);
                foreach ((string symbol, Expression next) in compare.Links)
                {
                    object? right = Evaluate(next, scope);
                    if (!JinjaOperators.Compare(symbol, left, right)) return false;
                    left = right;
                }

                return true;
            case Expression.Choice choice:
                if (JinjaValues.Truth(Evaluate(choice.Condition, scope))) return Evaluate(choice.Then, scope);
                return choice.Else is null ? new Undefined("the other case") : Evaluate(choice.Else, scope);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private object? Filter(Expression.Filter filter, object? value, Scope scope) => JinjaFilters.Apply(
        filter.Filtering,
        value,
        [.. filter.Arguments.Positional.Select(item => Evaluate(item, scope))],
        filter.Arguments.Named.ToDictionary(item => item.Key, item => Evaluate(item.Value, scope)));

    private object? Call(Expression.Call call, Scope scope)
    {
        object?[] positional = [.. call.Arguments.Positional.Select(item => Evaluate(item, scope))];
        var named = JinjaValues.Dictionary(call.Arguments.Named.Select(item => KeyValuePair.Create(item.Key, Evaluate(item.Value, scope))));
        if (call.Target is Expression.Attribute method)
        {
            object? target = Evaluate(method.Target, scope);
            if (method.Member == "cycle" && target is OrderedDictionary<string, object?> state && positional.Length > 0)
            {
                return positional[JinjaValues.Whole(JinjaOperators.Member(state, "index0")) % positional.Length];
            }

            if (named.Count > 0) throw new JinjaRuntimeException($"the method '{method.Member}' takes no named arguments here");
            return JinjaMethods.Call(target, method.Member, positional);
        }

        return Evaluate(call.Target, scope) switch
        {
            MacroValue macro => Expand(macro.Macro, positional, named),
            Function function => Invoke(function.Name, positional, named),
            var other => throw new JinjaRuntimeException($"{JinjaValues.Kind(other)} cannot be called"),
        };
    }

    private string Expand(Statement.Macro macro, object?[] positional, OrderedDictionary<string, object?> named)
    {
        if (positional.Length > macro.Parameters.Count) throw new JinjaRuntimeException($"'{macro.Name}' takes {macro.Parameters.Count} arguments");
        if (++_depth > DeepestCall) throw new JinjaRuntimeException($"macros call each other more than {DeepestCall} deep");
        var scope = new Scope(_globals);
        for (int i = 0; i < macro.Parameters.Count; i++)
        {
            (string name, Expression? absent) = macro.Parameters[i];
            object? value = i < positional.Length ? positional[i]
                : named.TryGetValue(name, out object? given) ? given
                : absent is null ? new Undefined(name)
                : Evaluate(absent, scope);
            scope.Set(name, value);
        }

        var output = new StringBuilder();
        Run(macro.Body, scope, output);
        _depth--;
        return output.ToString();
    }

    private object? Invoke(string name, object?[] positional, OrderedDictionary<string, object?> named)
    {
        switch (name)
        {
            case "raise_exception":
                throw new JinjaRuntimeException(JinjaValues.Show(positional.ElementAtOrDefault(0)));
            case "namespace":
                var space = new Namespace();
                foreach ((string member, object? value) in named) space.Members[member] = value;
                return space;
            case "dict":
                return named;
            case "range":
                long[] bounds = Array.ConvertAll(positional, JinjaValues.Whole);
                (long from, long to) = bounds.Length == 1 ? (0, bounds[0]) : bounds.Length > 1 ? (bounds[0], bounds[1]) : (0, 0);
                long step = bounds.Length > 2 ? bounds[2] : 1;
                var items = new List<object?>();
                for (long at = from; step > 0 ? at < to : step < 0 && at > to; at += step)
                {
                    Step();
                    items.Add(at);
                }

                return items;
            default:
                return JinjaClock.Format(_now!.Value, JinjaValues.Show(positional.ElementAtOrDefault(0)));
        }
    }
}
