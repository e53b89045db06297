"""What the lessons ask, by their names; apart from the lessons, so that a list of them computes nothing."""

QUESTIONS = {
    "one-neuron": (
        "A neuron with w = 0.8 and b = 1 gives 2.2 for the input 1.5, and should give 0.5. After one step of gradient"
        " descent with step size 0.2, where is its output?"
    ),
    "two-neurons": (
        "Two linear neurons, one after the other, begin with w = 0.8 and b = 1 each. For the input 1.5 they should "
        "give 0.5. Which of the four numbers moves most in the first step of gradient descent?"
    ),
    "published-example": (
        "The outputs of a network are 0.75 and 0.77 and should be 0.01 and 0.99. Do both move the right way in one "
        "step?"
    ),
    "festival": (
        "You go to a festival if w'x exceeds a threshold of 5. Good weather weighs 6, a partner who comes along 2, "
        "and a place near public transport 2. It rains, but your partner comes and the place is near. Do you go?"
    ),
    "perceptron": (
        "A neuron with w = 0 and threshold 0 sees four rows in turn, again and again. When it decides wrongly, its "
        "weights move by x towards the right side, and its threshold by 1. After how many mistakes does it know XOR, "
        "exactly one of two?"
    ),
    "descent": (
        "E = (1.5 w + b - 0.5)^2 is 0 on a line. Gradient descent begins at w = 0.8 and b = 1 with small steps. Where"
        " does it end?"
    ),
    "deltas": (
        "Three layers of logistic neurons learn from one row. In which layer are the deltas smallest, in the mean?"
    ),
    "activations": (
        "A logistic neuron x = sigma(1.5 w + 1) shall give 0.5. With w = 0.8 it gives 0.900 and dE/dw is 0.108. With "
        "w = 4 it gives 0.999, which is more wrong. How large is dE/dw there?"
    ),
    "bias-variance": (
        "Points lie on y = x^2 from 0 to 1, with noise of standard deviation 0.1. A polynomial is fitted to 12 of "
        "them, and to 200. Which degree has the least expected error on new targets?"
    ),
    "convolution": "A picture is 50 everywhere. What does the Laplacian make of it?",
    "pooling": (
        "Of every window of 2 x 2 the largest entry is kept. Delta comes back to a window. To which of its four "
        "entries does it go?"
    ),
    "adversary": (
        "A neuron with w = (2, -1, 0.5) and b = 0.1 decides at x = (1, 0.5, -1) with the margin w'x + b = 1.1. Every "
        "input may be changed by at most epsilon, up or down. From which epsilon on can the decision flip?"
    ),
    "intervals": (
        "A model was tried on 9 rows that it had not learned from, which gives 9 residuals. Prediction plus or minus "
        "which of them contains the target of the next row with a probability of at least 90 %?"
    ),
    "members": (
        "Many networks learn from the same rows, each from other first weights, and predict differently. How does the"
        " variance of their predictions change when four of them are averaged?"
    ),
}
